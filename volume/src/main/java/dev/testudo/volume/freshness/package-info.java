/// What keeps CAS and an open volume at the same state: the lease, and the tags of commits.
package dev.testudo.volume.freshness;
