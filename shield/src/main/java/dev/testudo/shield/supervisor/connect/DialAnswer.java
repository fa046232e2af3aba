package dev.testudo.shield.supervisor.connect;

import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.relay.DialCallback;
import dev.testudo.shield.relay.Established;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Passes the relay's result of a dial to the supervisor's thread.
///
/// @param open receives the authenticated peer
/// @param fail receives the error number for the program
public record DialAnswer(Loop loop, Consumer<Established> open, IntConsumer fail)
    implements DialCallback {
  @Override
  public void authenticated(Established peer) {
    if (!loop.post(() -> open.accept(peer))) {
      peer.abandon("the shield has ended");
    }
  }

  @Override
  public void failed(int errno, String reason) {
    loop.post(() -> fail.accept(errno));
  }
}
