package dev.testudo.cas.console;

import dev.testudo.trust.audit.AuditFault;
import dev.testudo.trust.audit.AuditVerdict;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Verifies the file of the audit log again and again, as `testudo cas verify-audit-log` does, in a
/// thread of its own.
final class LogCheck implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /// A long log may take this part of one processor: it is verified for one second in so many.
  private static final int SHARE = 50;

  /// How often a line that CAS is just writing is awaited.
  private static final int TRIES = 5;

  private final Path file;
  private final KeyHash key;
  private final InstantSource clock;
  private final Thread thread;
  private volatile JsonObject latest = new JsonBuilder().put("state", "verifying").build();

  private LogCheck(Path file, KeyHash key, InstantSource clock) {
    this.clock = clock;
    this.file = file;
    this.key = key;
    this.thread = Thread.ofPlatform().daemon().name("console-audit").unstarted(this::run);
  }

  /// Starts to verify `file`, which the holder of `key` signs.
  static LogCheck start(Path file, KeyHash key, InstantSource clock) {
    var check = new LogCheck(file, key, clock);
    check.thread.start();
    return check;
  }

  /// Returns the latest result.
  JsonObject json() {
    return latest;
  }

  private void run() {
    try {
      while (true) {
        var began = System.nanoTime();
        latest = verified();
        var took = Duration.ofNanos(System.nanoTime() - began).multipliedBy(SHARE);
        Thread.sleep(took.compareTo(PAUSE) > 0 ? took : PAUSE);
      }
    } catch (InterruptedException e) {
      // CAS ends.
    }
  }

  private JsonObject verified() throws InterruptedException {
    try {
      var verdict = AuditVerdict.of(file, key, Optional.empty());
      for (var tries = 1; isUnfinished(verdict) && tries < TRIES; tries++) {
        Thread.sleep(Duration.ofMillis(100));
        verdict = AuditVerdict.of(file, key, Optional.empty());
      }
      return json(verdict);
    } catch (IOException e) {
      return result("faulty")
          .put("problems", List.of("the log cannot be read: " + e.getMessage()))
          .build();
    }
  }

  private static boolean isUnfinished(AuditVerdict verdict) {
    return verdict.problems().stream()
            .allMatch(problem -> problem.kind() == AuditFault.Kind.UNFINISHED)
        && !verdict.problems().isEmpty();
  }

  private JsonObject json(AuditVerdict verdict) {
    var json =
        result(verdict.problems().isEmpty() ? "verified" : "faulty")
            .put("problems", verdict.problems().stream().map(p -> p.text()).toList());
    verdict.first().ifPresent(first -> json.put("first", first.sequence()));
    verdict
        .last()
        .ifPresent(
            last ->
                json.put("last", last.sequence())
                    .put("last_at", last.at().toString())
                    .put("head", last.hash()));
    return json.build();
  }

  private JsonBuilder result(String state) {
    return new JsonBuilder().put("state", state).put("at", clock.instant().toString());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
