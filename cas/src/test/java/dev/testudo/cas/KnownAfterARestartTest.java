package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cas.access.Ownership;
import dev.testudo.cas.admission.Rank;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.StoreOptions;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The order in which callers wait right after CAS has started.
class KnownAfterARestartTest {
  @TempDir private Path state;

  @Test
  void whoeverCreatedASessionIsNoStranger() throws IOException {
    var stranger = Identity.ephemeral("stranger");
    Identity creator;
    try (var cas = new TestCas(state)) {
      creator = cas.owner;
      cas.create("name: shop\nversion: 0.3\n");
    }
    var random = new SecureRandom();
    var options =
        new StoreOptions(random, InstantSource.system(), 1 << 20, false, SqliteDatabase::open);
    try (var directory = StateDirectory.open(state);
        var store = Store.open(directory, options, new Health())) {
      var callers = CasServer.callers(store, Ownership.FIRST_COME);
      assertEquals(Rank.CREATOR, callers.rank(caller(creator)));
      assertEquals(Rank.STRANGER, callers.rank(caller(stranger)));
    }
  }

  private static Caller caller(Identity who) {
    return Caller.of(Optional.of(who.certificate()), InetAddress.ofLiteral("192.0.2.1"));
  }
}
