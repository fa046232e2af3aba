/// The program's own sockets: how they are got at, what is known of each, and what of theirs is
/// carried over to ours.
package dev.testudo.shield.supervisor.socket;
