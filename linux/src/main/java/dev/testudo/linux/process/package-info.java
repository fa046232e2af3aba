/// Starts programs, waits for them and signals them, and sets attributes of the calling process
/// or thread.
package dev.testudo.linux.process;
