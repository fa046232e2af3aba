/// Performs the program's stopped socket calls. One thread does everything here; relay threads and
/// the threads that wait in blocking calls hand their results over to it.
package dev.testudo.shield.supervisor;
