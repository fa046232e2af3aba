/// The program: which file it is, as whom and in which surroundings it starts, the signals that it
/// gets, and how it ends.
package dev.testudo.agent.program;
