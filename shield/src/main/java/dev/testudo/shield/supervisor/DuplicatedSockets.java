package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.PidFd;
import dev.testudo.linux.sys.Sockets;
import java.util.Optional;

/// [SocketWay#DUPLICATE]: every call gets a duplicate of its own, and nothing is kept.
final class DuplicatedSockets implements SocketAccess {
  @Override
  public Optional<ProgramSocket> borrow(StoppedCall call) throws ErrnoException {
    int number = call.intArgument(0);
    var thread = call.thread();
    if (number < 0 || thread.isEmpty()) {
      throw new ErrnoException("descriptor", Errno.EBADF);
    }
    var place = new ProgramSocket.Place(call.tid(), number);
    return Optional.of(ProgramSocket.owning(thread.get().getfd(number), place));
  }

  @Override
  public boolean isInPlace(SocketState state) {
    var place = state.place();
    try (var thread = PidFd.ofThread(place.tid());
        Fd there = thread.getfd(place.descriptor())) {
      return Sockets.cookie(there) == state.cookie;
    } catch (ErrnoException e) {
      return false;
    }
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
  public void close() {}
}
