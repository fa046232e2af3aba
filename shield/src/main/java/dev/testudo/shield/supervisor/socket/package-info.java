/// The program's own sockets: access to them, the state of each, and what the sockets to peers take
/// over from them.
package dev.testudo.shield.supervisor.socket;
