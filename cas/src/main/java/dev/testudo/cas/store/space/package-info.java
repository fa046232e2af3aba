/// The free space on the disk, and the reserve that lets deliveries continue while there is none.
package dev.testudo.cas.store.space;
