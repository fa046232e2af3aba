package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.Shortages;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.util.Optional;

/// Implements [SocketWay#DUPLICATE]: each call gets a duplicate of its own, and none is kept.
public final class DuplicatedSockets implements SocketAccess {
  private final KnownThreads threads;

  DuplicatedSockets() throws ErrnoException {
    threads = new KnownThreads(Fd.limit());
  }

  @Override
  public Optional<ProgramSocket> borrow(StoppedCall call) throws ErrnoException {
    int number = call.intArgument(0);
    if (number < 0) {
      throw new ErrnoException("descriptor", Errno.EBADF);
    }
    var place = new ProgramSocket.Place(call.tid(), number);
    return Optional.of(ProgramSocket.owning(threads.duplicate(place), place));
  }

  @Override
  public boolean isInPlace(SocketState state) {
    try (Fd there = threads.duplicate(state.place())) {
      return Sockets.cookie(there) == state.cookie();
    } catch (ErrnoException e) {
      // Without a free descriptor the answer is unknown, and state that is dropped too early
      // is lost.
      return Shortages.isShortage(e.errno());
    }
  }

  @Override
  public Optional<ProgramSocket> again(SocketState state) {
    try {
      var socket = ProgramSocket.owning(threads.duplicate(state.place()), state.place());
      if (socket.cookie() == state.cookie()) {
        return Optional.of(socket);
      }
      socket.close();
    } catch (ErrnoException e) {
      // The socket is no longer there.
    }
    return Optional.empty();
  }

  @Override
  public void connecting(ProgramSocket socket, Answer answer) {}

  @Override
  public void connectEnded(long cookie) {}

  @Override
  public void given(Fd connection, ProgramSocket.Place place) {}

  @Override
  public boolean releaseDead() {
    return false;
  }

  @Override
  public void close() {
    threads.close();
  }
}
