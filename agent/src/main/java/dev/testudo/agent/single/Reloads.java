package dev.testudo.agent.single;

import dev.testudo.agent.report.Reporter;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.Shield;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Replaces identities and trust when the file of the rules changes, and on request. Reports what
/// has changed, or why nothing has.
final class Reloads implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final RuleSource source;
  private final Shield shield;
  private final Reporter reporter;
  private final Semaphore asked = new Semaphore(0);
  private final Thread thread = Thread.ofPlatform().daemon().name("reload").unstarted(this::watch);
  private Optional<RuleSource.Version> seen;

  /// @param seen the version of the file from which the current rules were read
  Reloads(RuleSource source, Optional<RuleSource.Version> seen, Shield shield, Reporter reporter) {
    this.source = source;
    this.seen = seen;
    this.shield = shield;
    this.reporter = reporter;
  }

  /// Starts to watch the file, if there is one.
  void start() {
    if (source.file().isPresent()) {
      thread.start();
    }
  }

  /// Makes the rules be read again soon.
  void ask() {
    asked.release();
  }

  private void watch() {
    try {
      while (true) {
        var wanted = asked.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        asked.drainPermits();
        var now = source.version();
        // A file that does not exist is about to be replaced.
        if (wanted || (now.isPresent() && !now.equals(seen))) {
          seen = now;
          reload();
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private void reload() {
    try {
      switch (source.read().then(read -> shield.reload(read.rules()))) {
        case Parsed.Valid<List<String>>(var changes, _) ->
            reporter.say(
                changes.isEmpty()
                    ? "reloaded: nothing has changed"
                    : "reloaded: new " + String.join(", new ", changes));
        case Parsed.Invalid<List<String>>(var problems) ->
            reporter.say(
                "not reloaded, everything stays as it was:\n"
                    + Diagnostics.render(problems).stripTrailing());
      }
    } catch (IOException e) {
      reporter.say("not reloaded, everything stays as it was: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
