package dev.testudo.shield.relay;

import dev.testudo.linux.sys.ErrnoException;
import java.nio.ByteBuffer;
import java.time.Duration;

/// Sends a final message, usually an alert, and waits a moment for the peer to close. If the socket
/// were closed while bytes of the peer are unread, the kernel would send a reset. The reset can
/// overtake the alert, and the peer would never learn the reason.
final class Farewell implements Leg.Owner {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int MAX_IGNORED = 256 * 1024;

  private final EventLoop loop;
  private final Leg leg;
  private int ignored;

  private Farewell(EventLoop loop, Leg leg) {
    this.loop = loop;
    this.leg = leg;
  }

  /// Sends `message`, which is borrowed from the loop, and closes `leg`.
  static void say(EventLoop loop, Leg leg, ByteBuffer message) {
    var farewell = new Farewell(loop, leg);
    leg.hand(farewell);
    try {
      if (leg.flush()) {
        leg.send(message);
      } else {
        // The peer does not read, so the message would only queue behind earlier output.
        loop.buffers().give(message);
      }
      leg.finish();
      loop.after(PATIENCE, leg::close);
      leg.schedule();
    } catch (ErrnoException _) {
      leg.close();
    }
  }

  @Override
  public boolean turn() {
    var scratch = loop.buffers().take();
    try {
      leg.flush();
      int count = leg.read(scratch, Buffers.PORTION);
      ignored += Math.max(count, 0);
      if (count < 0 || ignored > MAX_IGNORED) {
        leg.close();
      }
      return leg.readable();
    } catch (ErrnoException _) {
      leg.close();
      return false;
    } finally {
      loop.buffers().give(scratch);
    }
  }

  @Override
  public void drop(String reason) {
    leg.close();
  }
}
