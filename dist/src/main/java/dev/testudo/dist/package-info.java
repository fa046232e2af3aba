/// The one executable. Reads arguments and environment, calls the command line, the CAS or the
/// agent, and exits.
package dev.testudo.dist;
