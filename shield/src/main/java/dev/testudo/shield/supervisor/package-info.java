/// Performs the program's suspended socket calls. One thread does all the work here. Relay threads
/// and the threads that wait in blocking calls hand their results over to it.
package dev.testudo.shield.supervisor;
