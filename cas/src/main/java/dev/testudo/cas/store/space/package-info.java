/// Whether there is space on the disk, and the reserve that lets deliveries go on when there is
/// none.
package dev.testudo.cas.store.space;
