package dev.testudo.shield.supervisor.connect;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.loop.Timer;
import dev.testudo.shield.name.NameService;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;

/// One request of the program to the name service, served at the other end of its Unix socket. The
/// answer fits the socket's buffer, so sending it never blocks.
public final class NameTalk {
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Loop loop;
  private final NameService names;
  private final Fd leg;
  private final Runnable over;
  private final ByteBuffer question = ByteBuffer.allocate(NameService.LONGEST_QUESTION);
  private final long watch;
  private final Timer deadline;

  private NameTalk(Loop loop, NameService names, Fd leg, Runnable over) throws ErrnoException {
    this.loop = loop;
    this.names = names;
    this.leg = leg;
    this.over = over;
    this.watch = loop.watch(leg, Epoll.EPOLLIN, _ -> proceed());
    this.deadline = loop.after(LONGEST, this::end);
  }

  /// Serves `leg`, which it owns even on failure. `over` runs once at the end.
  static void begin(Loop loop, NameService names, Fd leg, Runnable over) {
    try {
      new NameTalk(loop, names, leg, over).proceed();
    } catch (ErrnoException e) {
      leg.close();
      over.run();
    }
  }

  private void proceed() {
    try {
      int count = Sockets.recv(leg, MemorySegment.ofBuffer(question));
      if (count == Sockets.WOULD_BLOCK) {
        return;
      }
      if (count == 0) {
        end();
        return;
      }
      question.position(question.position() + count);
      var answer = names.answer(question);
      if (answer.isPresent()) {
        if (answer.get().length > 0) {
          var _ = Sockets.send(leg, MemorySegment.ofArray(answer.get()));
        }
        end();
      }
    } catch (ErrnoException e) {
      end(); // the program has closed its end
    }
  }

  private void end() {
    if (leg.isOpen()) {
      deadline.cancel();
      loop.unwatch(watch, leg);
      leg.close();
      over.run();
    }
  }
}
