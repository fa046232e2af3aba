package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cas.KilledCasTest.Running;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.StoreOptions;
import dev.testudo.cas.store.postgresql.PostgresCluster;
import dev.testudo.cas.store.postgresql.PostgresDatabase;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A store with more sessions than fit into the memory of CAS.
@Tag("nightly")
class LargeStoreOnPostgresTest {
  private static final int SESSIONS = 200;
  private static final int TEXT = 1 << 20;

  @TempDir private Path state;

  private void fill(StoreOptions options) throws IOException {
    var comment = "# " + "x".repeat(TEXT);
    try (var directory = StateDirectory.open(state);
        var store = Store.open(directory, options, new Health())) {
      for (var i = 0; i < SESSIONS; i++) {
        var name = "s" + i;
        var yaml = "name: %s\nversion: 0.3\n%s\n".formatted(name, comment);
        store.transact(
            Optional.empty(),
            t -> {
              t.addSession(new SessionRow(name, 1, name.repeat(8), "somebody", yaml));
              return Outcome.unlogged(true);
            });
      }
    }
  }

  @Test
  @Timeout(300)
  void starts() throws IOException {
    var database = PostgresCluster.shared().schema();
    fill(
        new StoreOptions(
            new SecureRandom(),
            () -> Instant.EPOCH,
            1 << 20,
            false,
            PostgresDatabase.at(database)));
    var password = database.password().orElseThrow().path().toString();
    var more = List.of("--store", database.url(), "--store-password-file", password);
    try (var cas = Running.start(state, more);
        var client = cas.client(Identity.ephemeral("somebody"))) {
      assertEquals(64, client.createSession("name: more\nversion: 0.3\n").length());
    }
  }
}
