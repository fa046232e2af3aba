/// The program: which file it is, with which user and environment it starts, the signals that it
/// gets, and how it ends.
package dev.testudo.agent.program;
