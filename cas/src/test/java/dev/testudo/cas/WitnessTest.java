package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.quota.Quotas;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.cas.store.log.WitnessAnchor;
import dev.testudo.cas.volume.Leases;
import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditVerdict.Seen;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.WitnessClient;
import dev.testudo.trust.channel.WitnessedHead;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A CAS that keeps the head of another one.
@Timeout(300)
class WitnessTest {
  private static final Identity OWNER = Identity.ephemeral("owner");

  /// A CAS as the witness sees it: a key.
  private static final Identity CAS = Identity.ephemeral("cas");

  @TempDir private Path work;
  private InetSocketAddress place;
  private KeyHash pin = OWNER.keyHash();

  @BeforeEach
  void choosePort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      place = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), free.getLocalPort());
    }
  }

  private CasServer witness(KeyHash of) throws IOException {
    var usual = ServerOptions.Log.USUAL;
    var log = new ServerOptions.Log(usual.quota(), usual.files(), false, Set.of(of));
    var witness = start(new ServerOptions.State(work.resolve("witness")), place, log);
    pin = witness.keyHash();
    return witness;
  }

  private static CasServer start(
      ServerOptions.State state, InetSocketAddress listen, ServerOptions.Log log)
      throws IOException {
    return CasServer.start(options(state, listen, log));
  }

  private static ServerOptions options(
      ServerOptions.State state, InetSocketAddress listen, ServerOptions.Log log) {
    return new ServerOptions(
        state,
        listen,
        InstantSource.system(),
        new SecureRandom(),
        log,
        new ServerOptions.RootNamespace(Set.of(OWNER.keyHash()), false),
        Quotas.USUAL,
        Leases.USUAL,
        ServerOptions.Hardware.USUAL,
        Optional.empty());
  }

  private CasAddress address() {
    return new CasAddress("127.0.0.1", place.getPort());
  }

  private CasServer start(Path state, boolean accepts) throws IOException {
    var usual = ServerOptions.Log.USUAL;
    return start(
        new ServerOptions.State(
            state,
            new ServerOptions.KeyOption.Generated(),
            Optional.empty(),
            Optional.of(new ServerOptions.AnchorOption.Witness(address(), pin))),
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
        new ServerOptions.Log(usual.quota(), usual.files(), accepts, Set.of()));
  }

  private StoreException refusesToStart(Path state) {
    return assertThrows(StoreException.class, () -> start(state, false).close());
  }

  private static CasClient client(CasServer cas) {
    var address = new CasAddress("127.0.0.1", cas.address().getPort());
    return new CasClient(address, cas.keyHash(), OWNER);
  }

  private static void create(CasServer cas, String name) throws IOException {
    try (var client = client(cas)) {
      client.createSession("name: %s\nversion: 0.3\n".formatted(name));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private KeyHash made(Path state) throws IOException {
    return CasServer.init(options(new ServerOptions.State(state), place, ServerOptions.Log.USUAL));
  }

  @Test
  void anOlderStateIsRefusedUntilTheOperatorAcceptsIt() throws IOException {
    var state = work.resolve("state");
    var old = work.resolve("old");
    var hash = made(state);
    try (var witness = witness(hash)) {
      try (var cas = start(state, false)) {
        create(cas, "before");
      }
      copy(state, old);
      try (var cas = start(state, false)) {
        create(cas, "after");
      }
      start(state, false).close();
      assertEquals(Reason.OLDER_DATABASE, refusesToStart(old).reason());
      assertEquals(List.of(), AuditLog.of(work.resolve("witness"), "head-accepted"));
      try (var cas = start(old, true);
          var client = client(cas)) {
        assertEquals(List.of("before"), client.listSessions("/"));
        create(cas, "again");
      }
      var accepted = AuditLog.of(work.resolve("witness"), "head-accepted");
      assertEquals(1, accepted.size());
      start(old, false).close();
      // What was the right state before is another history now.
      assertEquals(Reason.OLDER_DATABASE, refusesToStart(state).reason());
      assertEquals(pin, witness.keyHash());
    }
    // The witness remembers, also after it was restarted.
    try (var witness = witness(hash)) {
      assertEquals(Reason.OLDER_DATABASE, refusesToStart(state).reason());
      start(old, false).close();
      assertEquals(pin, witness.keyHash());
    }
  }

  @Test
  void withoutWitnessCasNeitherStartsNorAnswersChangesButReads() throws Exception {
    var state = work.resolve("state");
    var hash = made(state);
    var witness = witness(hash);
    try (var cas = start(state, false)) {
      create(cas, "before");
      witness.close();
      refused("anchor-unavailable", () -> create(cas, "during"));
      try (var client = client(cas)) {
        assertFalse(client.healthy());
        assertTrue(client.listSessions("/").contains("before"));
        witness = witness(hash);
        Eventually.holds(
            () -> {
              try {
                create(cas, "after");
                return client.healthy();
              } catch (IOException e) {
                return false;
              }
            },
            () -> "CAS does not recover");
      }
    } finally {
      witness.close();
    }
    assertEquals(Reason.NO_ANCHOR, refusesToStart(state).reason());
    try (var again = witness(hash)) {
      start(state, false).close();
      assertEquals(pin, again.keyHash());
    }
  }

  private static AnchoredHead line(long number, String history) {
    var hash = AuditLine.hash((history + number).getBytes(StandardCharsets.UTF_8));
    return new AnchoredHead(new Seen(number, hash), 0, "");
  }

  /// Returns a head whose newest commit added no line.
  private static AnchoredHead commit(long line, long commits, String history) {
    var mark = AuditLine.hash((history + commits).getBytes(StandardCharsets.UTF_8));
    return new AnchoredHead(line(line, "a").line(), commits, mark.substring(0, 16));
  }

  private static WitnessedHead after(AnchoredHead before, AnchoredHead head) {
    return new WitnessedHead(head, Optional.of(before), false);
  }

  @Test
  void aHeadOnlyMovesForwardAndOnlyFromTheOneThatItsCasExpects() throws IOException {
    try (var witness = witness(CAS.keyHash());
        var client = new WitnessClient(address(), pin, CAS)) {
      assertEquals(Optional.empty(), client.head());
      client.put(new WitnessedHead(line(5, "a"), Optional.empty(), false));
      refused("other-head", () -> client.put(after(line(5, "a"), line(4, "a"))));
      refused("other-head", () -> client.put(after(line(5, "a"), line(5, "b"))));
      refused("other-head", () -> client.put(after(line(4, "a"), line(6, "a"))));
      refused(
          "other-head", () -> client.put(new WitnessedHead(line(6, "a"), Optional.empty(), false)));
      assertEquals(Optional.of(line(5, "a")), client.head());
      client.put(after(line(5, "a"), line(6, "a")));
      // An answer was lost, and the request came again.
      client.put(after(line(5, "a"), line(6, "a")));
      assertEquals(Optional.of(line(6, "a")), client.head());
      client.put(new WitnessedHead(line(2, "a"), Optional.of(line(6, "a")), true));
      assertEquals(Optional.of(line(2, "a")), client.head());
      assertEquals(pin, witness.keyHash());
    }
    try (var witness = witness(CAS.keyHash());
        var client = new WitnessClient(address(), pin, CAS)) {
      assertEquals(Optional.of(line(2, "a")), client.head());
      assertEquals(pin, witness.keyHash());
    }
  }

  @Test
  void aCommitWithoutALineMovesTheHeadToo() throws IOException {
    try (var witness = witness(CAS.keyHash());
        var client = new WitnessClient(address(), pin, CAS)) {
      client.put(new WitnessedHead(line(5, "a"), Optional.empty(), false));
      client.put(after(line(5, "a"), commit(5, 8, "x")));
      client.put(after(commit(5, 8, "x"), commit(5, 9, "x")));
      var has = commit(5, 9, "x");
      for (var wrong : List.of(commit(5, 8, "x"), commit(5, 9, "y"), commit(4, 10, "x"))) {
        refused("other-head", () -> client.put(after(has, wrong)));
      }
      refused("other-head", () -> client.put(after(commit(5, 9, "y"), commit(5, 10, "y"))));
      client.put(after(has, commit(6, 10, "x")));
      assertEquals(Optional.of(commit(6, 10, "x")), client.head());
      assertEquals(pin, witness.keyHash());
    }
  }

  @Test
  void onlyACasThatTheOperatorNamedHasAHead() throws IOException {
    try (var witness = witness(CAS.keyHash());
        var client = new WitnessClient(address(), pin, OWNER)) {
      refused("not-permitted", client::head);
      refused(
          "not-permitted",
          () -> client.put(new WitnessedHead(line(1, "a"), Optional.empty(), true)));
      assertEquals(List.of(), AuditLog.of(work.resolve("witness"), "head-accepted"));
      assertEquals(pin, witness.keyHash());
    }
    try (var files = Files.list(work.resolve("witness/witnessed"))) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void severalProcessesOfOneCasShareAWitness() throws IOException {
    try (var witness = witness(CAS.keyHash());
        var first = WitnessAnchor.at(address(), pin).open(CAS, false);
        var second = WitnessAnchor.at(address(), pin).open(CAS, false);
        var client = new WitnessClient(address(), pin, CAS)) {
      var log = new ArrayList<>(List.of("0"));
      for (var number = 1; number <= 4; number++) {
        log.add(line(number, "a").line().hash());
      }
      first.set(line(1, "a"), number -> Optional.of(log.get((int) number)));
      second.set(line(2, "a"), number -> Optional.of(log.get((int) number)));
      second.set(line(3, "a"), number -> Optional.of(log.get((int) number)));
      // The first is late with a line that is older than that of the second.
      first.set(line(2, "a"), number -> Optional.of(log.get((int) number)));
      assertEquals(Optional.of(line(3, "a")), client.head());
      first.set(line(4, "a"), number -> Optional.of(log.get((int) number)));
      assertEquals(Optional.of(line(4, "a")), client.head());
      var e =
          assertThrows(
              StoreException.class, () -> second.set(line(4, "b"), _ -> Optional.of("another")));
      assertEquals(Reason.OLDER_DATABASE, e.reason());
      assertEquals(pin, witness.keyHash());
    }
  }
}
