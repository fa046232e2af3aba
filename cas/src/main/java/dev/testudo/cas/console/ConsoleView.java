package dev.testudo.cas.console;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.volume.VolumeStates;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Everything that the console shows, as one JSON document. However many ask, it is collected at
/// most once every few seconds.
public final class ConsoleView implements AutoCloseable {
  private static final Duration KEPT = Duration.ofSeconds(2);

  private final About about;
  private final Health health;
  private final SessionsView sessions;
  private final LogView log;
  private final LogCheck check;
  private byte[] document = {};
  private long collected;

  /// The CAS that is shown.
  ///
  /// @param state its state directory
  public record About(String version, KeyHash key, Path state, InstantSource clock) {}

  /// Creates the view and starts to verify the audit log.
  public ConsoleView(
      About about,
      Store store,
      Catalog catalog,
      SecretMaker maker,
      VolumeStates volumes,
      Health health) {
    this.about = about;
    this.health = health;
    this.sessions = new SessionsView(store, catalog, maker, volumes);
    var file = about.state().resolve("audit.jsonl");
    this.log = new LogView(file);
    this.check = LogCheck.start(file, about.key(), about.clock());
  }

  /// Returns the document.
  ///
  /// @throws IOException if the store or the audit log cannot be read
  public synchronized byte[] document() throws IOException {
    var now = System.nanoTime();
    if (document.length == 0 || now - collected > KEPT.toNanos()) {
      document = collect(about.clock().instant());
      collected = now;
    }
    return document;
  }

  private byte[] collect(Instant now) throws IOException {
    log.read();
    var cas =
        new JsonBuilder()
            .put("version", about.version())
            .put("key_hash", about.key().text())
            .put("now", now.toString())
            .put("failing", health.cause().map(Health.Cause::text));
    return Json.write(
        new JsonBuilder()
            .put("cas", cas.build())
            .put("sessions", sessions.json())
            .put("attested", log.attested(now))
            .put("refusals", log.refusals(now))
            .put(
                "audit",
                new JsonBuilder().put("check", check.json()).put("lines", log.newest()).build())
            .build());
  }

  @Override
  public void close() throws IOException {
    check.close();
    synchronized (this) {
      log.close();
    }
  }
}
