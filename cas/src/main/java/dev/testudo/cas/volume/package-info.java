/// The tags of volumes and the leases of those who mount them.
package dev.testudo.cas.volume;
