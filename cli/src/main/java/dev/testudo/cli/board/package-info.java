/// The state of a running mesh: services, connections, refusals. Events go in and snapshots come
/// out; nothing here displays or stores them.
package dev.testudo.cli.board;
