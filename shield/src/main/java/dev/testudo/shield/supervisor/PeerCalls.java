package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.ENODATA;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import dev.testudo.shield.supervisor.socket.UnixPeer;
import dev.testudo.shield.supervisor.socket.UnixPeers;
import java.util.Optional;

/// `getsockopt` of the options that tell who is at the other end of a Unix socket: what the program
/// would see without the shield, as far as we know better than the kernel ([UnixPeers]).
final class PeerCalls {
  private final UnixPeers peers;

  PeerCalls(UnixPeers peers) {
    this.peers = peers;
  }

  /// Whether the option is one of these.
  static boolean areAbout(int option) {
    return option == Sockets.SO_PEERCRED
        || option == Sockets.SO_PEERGROUPS
        || option == Sockets.SO_PEERPIDFD;
  }

  /// The kernel itself tells what is not special.
  Answer answer(StoppedCall call, ProgramSocket socket, Optional<SocketState> state)
      throws ErrnoException {
    if (!socket.isUnix()) {
      return Answer.LET_READ;
    }
    var known = state.flatMap(SocketState::peer);
    var told = Sockets.peer(socket.fd());
    return known.isEmpty() && peers.isUs(told)
        // Better no process than ours.
        ? answer(call, UnixPeer.of(told, Optional.empty()))
        : answer(call, known);
  }

  /// For a socket that cannot be asked.
  static Answer answer(StoppedCall call, Optional<UnixPeer> known) throws ErrnoException {
    return known.isPresent() ? answer(call, known.get()) : Answer.LET_READ;
  }

  private static Answer answer(StoppedCall call, UnixPeer peer) throws ErrnoException {
    return switch (call.intArgument(2)) {
      case Sockets.SO_PEERCRED -> CallResults.writeShortOption(call, peer.credentials().encode());
      case Sockets.SO_PEERPIDFD -> descriptor(call, peer);
      // The groups are the program's, since we have acted with them.
      default ->
          peer.isRemote() ? CallResults.writeShortOption(call, new byte[0]) : Answer.LET_READ;
    };
  }

  /// A descriptor of the peer's process. That its number can be written is tried first: what has
  /// been given cannot be taken back.
  private static Answer descriptor(StoppedCall call, UnixPeer peer) throws ErrnoException {
    var opened = peer.open();
    if (opened.isEmpty()) {
      return new Answer.Failure(ENODATA);
    }
    try (var process = opened.get()) {
      CallResults.writeOption(call, -1);
      int number = call.giveDescriptor(process.fd());
      return number < 0 ? new Answer.Failure(-number) : CallResults.writeOption(call, number);
    }
  }
}
