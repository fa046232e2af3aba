package dev.testudo.shield.supervisor.context;

import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.SocketTable;
import dev.testudo.shield.supervisor.socket.UnixPeers;
import java.net.Inet4Address;

/// What is known about the sockets of the program.
///
/// @param table the state of each
/// @param peers the peers of its Unix sockets
/// @param places where the Unix paths of the rules lead
/// @param view the addresses that the program sees
/// @param hidden the loopback address of this shield's own sockets, random for each run. The
///     program's ends of protected listeners are bound there, and the program may not connect to it
public record ProgramSockets(
    SocketTable table, UnixPeers peers, UnixPlaces places, LocalView view, Inet4Address hidden) {}
