/// A suspended call of the program: what it asks for, its answer, and calls that are
/// answered later.
package dev.testudo.shield.supervisor.call;
