/// Backups of the store: the file that holds one, and how a running CAS is asked for one.
package dev.testudo.cas.store.backup;
