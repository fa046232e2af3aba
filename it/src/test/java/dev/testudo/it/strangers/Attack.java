package dev.testudo.it.strangers;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/// One way of doing CAS harm, done again and again by some strangers at once.
interface Attack {
  /// Does it once, on as many connections as that takes.
  ///
  /// @throws IOException CAS has closed the connection, or does not accept one
  void once(Stranger stranger, Toll toll) throws IOException, InterruptedException;

  /// What became of one kind of attack. Only for counting.
  final class Toll {
    final LongAdder connections = new LongAdder();
    final LongAdder answers = new LongAdder();
    final LongAdder refusals = new LongAdder();
    final LongAdder closed = new LongAdder();

    void count(Stranger.Answer answer) {
      (answer.status() < 400 ? answers : refusals).increment();
    }

    String line(String name) {
      return "%s: %d connections, %d answers, %d refusals, %d closed"
          .formatted(name, connections.sum(), answers.sum(), refusals.sum(), closed.sum());
    }
  }
}
