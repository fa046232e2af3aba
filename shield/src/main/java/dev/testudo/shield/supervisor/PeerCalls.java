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

/// Performs `getsockopt` of the options that identify the other end of a Unix socket. The program
/// gets what it would see without the shield, where [UnixPeers] knows better than the kernel.
final class PeerCalls {
  private final UnixPeers peers;

  PeerCalls(UnixPeers peers) {
    this.peers = peers;
  }

  /// Returns whether `option` is one of these.
  static boolean areAbout(int option) {
    return option == Sockets.SO_PEERCRED
        || option == Sockets.SO_PEERGROUPS
        || option == Sockets.SO_PEERPIDFD;
  }

  /// Answers the call. Where nothing is special, the kernel answers.
  Answer answer(StoppedCall call, ProgramSocket socket, Optional<SocketState> state)
      throws ErrnoException {
    if (!socket.isUnix()) {
      return Answer.LET_READ;
    }
    var known = state.flatMap(SocketState::peer);
    var told = Sockets.peer(socket.fd());
    return known.isEmpty() && peers.isUs(told)
        // No process at all is a better answer than the shield's own.
        ? answer(call, UnixPeer.of(told, Optional.empty()))
        : answer(call, known);
  }

  /// Answers the call for a socket of which there is no duplicate.
  static Answer answer(StoppedCall call, Optional<UnixPeer> known) throws ErrnoException {
    return known.isPresent() ? answer(call, known.get()) : Answer.LET_READ;
  }

  private static Answer answer(StoppedCall call, UnixPeer peer) throws ErrnoException {
    return switch (call.intArgument(2)) {
      case Sockets.SO_PEERCRED -> CallResults.writeShortOption(call, peer.credentials().encode());
      case Sockets.SO_PEERPIDFD -> descriptor(call, peer);
      // The groups are the program's own, because the connect ran with them.
      default ->
          peer.isRemote() ? CallResults.writeShortOption(call, new byte[0]) : Answer.LET_READ;
    };
  }

  /// Gives the program a pidfd of the peer's process. First checks that its number can be written,
  /// because a descriptor that was given cannot be taken back.
  private static Answer descriptor(StoppedCall call, UnixPeer peer) throws ErrnoException {
    var opened = peer.open();
    if (opened.isEmpty()) {
      return new Answer.Failure(ENODATA);
    }
    try (var process = opened.get()) {
      CallResults.writeOption(call, -1);
      int number = call.giveDescriptor(process.fd(), true);
      return number < 0 ? new Answer.Failure(-number) : CallResults.writeOption(call, number);
    }
  }
}
