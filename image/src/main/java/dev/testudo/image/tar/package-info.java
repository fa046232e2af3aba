/// Tar archives (POSIX ustar, pax, and what GNU tar adds), read from hostile sources and written
/// deterministically.
package dev.testudo.image.tar;
