package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static dev.testudo.cas.VolumeAgent.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.LeaseClient.Advanced;
import dev.testudo.trust.channel.LeaseClient.Claimed;
import dev.testudo.trust.channel.LeaseClient.Renewed;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.TagAdvance;
import dev.testudo.trust.channel.VolumeLease;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One mount at a time has a volume, and what it has stored is never replaced by something older.
class LeasesTest extends WithTestCas {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Advanced STORED = new Advanced.Stored();
  private static final String TAG = "ffeeddccbbaa99887766554433221100";
  private static final String KEY = "00112233445566778899aabbccddeeff".repeat(2);

  private final List<VolumeAgent> agents = new ArrayList<>();

  @AfterEach
  void closeAgents() {
    agents.forEach(VolumeAgent::close);
  }

  static String session(String name, String mount, String volume) {
    return TestCas.showing(name, "x", "volumes: [{name: data%s}]\n".formatted(volume))
        .replace(
            "    injection_files:",
            "    volumes: [{name: data, path: /data%s}]\n    injection_files:".formatted(mount));
  }

  private VolumeAgent agent(String service) throws IOException {
    var agent = new VolumeAgent(cas, service);
    agents.add(agent);
    return agent;
  }

  private static Optional<StoredTag> some(StoredTag tag) {
    return Optional.of(tag);
  }

  private static void lost(Advanced answer) {
    assertInstanceOf(Advanced.LeaseLost.class, answer);
  }

  private static void lost(Renewed answer) {
    assertInstanceOf(Renewed.LeaseLost.class, answer);
  }

  @Test
  void theStateThatAMountStoredIsWhereTheNextOneBegins() throws IOException {
    cas.create(session("a", "", ""));
    var first = agent("a/s");
    var claimed = first.granted("a:data");
    assertEquals(Optional.empty(), claimed.position());
    assertEquals(1, claimed.lease().fence());
    assertEquals(STORED, first.advance(claimed.lease(), Optional.empty(), state(1)));
    assertEquals(STORED, first.advance(claimed.lease(), some(state(1)), state(7)));
    first.release(claimed.lease());
    cas.restart();
    var next = agent("a/s").granted("a:data");
    assertEquals(some(state(7)), next.position());
    assertEquals(2, next.lease().fence());
  }

  @Test
  void aMountWaitsWhileAnotherOneHasTheVolume() throws IOException {
    cas.create(session("a", "", ""));
    var first = agent("a/s");
    var lease = first.granted("a:data").lease();
    var second = agent("a/s");
    cas.clock.advance(Duration.ofSeconds(20));
    assertEquals(new Claimed.Held("a/s", Duration.ofSeconds(40)), second.claim("a:data"));
    assertInstanceOf(Renewed.Extended.class, first.renew(lease));
    cas.clock.advance(Duration.ofSeconds(59));
    assertEquals(new Claimed.Held("a/s", Duration.ofSeconds(1)), second.claim("a:data"));
    assertEquals(STORED, first.advance(lease, Optional.empty(), state(1)));
    first.release(lease);
    assertEquals(some(state(1)), second.granted("a:data").position());
  }

  @Test
  void orIsRefusedIfThePolicySaysSo() throws IOException {
    cas.create(session("a", "", ", takeover: refuse"));
    agent("a/s").granted("a:data");
    var second = agent("a/s");
    refused("volume-held", () -> second.claim("a:data"));
    assertEquals("claim-volume", AuditLog.lastRefusal(state).action());
    cas.clock.advance(LEASE);
    assertEquals(2, second.granted("a:data").lease().fence());
  }

  @Test
  void afterItsLeaseExpiredAMountStoresNothing() throws IOException {
    cas.create(session("a", "", ""));
    var zombie = agent("a/s");
    var old = zombie.granted("a:data").lease();
    assertEquals(STORED, zombie.advance(old, Optional.empty(), state(1)));
    cas.clock.advance(LEASE);
    lost(zombie.advance(old, some(state(1)), state(2)));
    var successor = agent("a/s");
    var granted = successor.granted("a:data");
    assertEquals(some(state(1)), granted.position());
    assertEquals(STORED, successor.advance(granted.lease(), some(state(1)), state(2, 1)));
    lost(zombie.advance(old, some(state(2, 1)), state(3)));
    lost(zombie.renew(old));
    zombie.release(old);
    assertEquals(STORED, successor.advance(granted.lease(), some(state(2, 1)), state(3, 1)));
    var claims = AuditLog.of(state, "volume-claimed");
    assertEquals(Optional.of("a/s"), claims.getLast().optionalText("after"));
    assertEquals(Optional.empty(), claims.getFirst().optionalText("after"));
    assertEquals("lease-lost", AuditLog.of(state, "refused").getLast().text("reason"));
  }

  @Test
  void anExpiredLeaseIsRenewedIfNobodyClaimedTheVolume() throws IOException {
    cas.create(session("a", "", ""));
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    cas.clock.advance(LEASE.multipliedBy(10)); // CAS could not be reached
    lost(agent.advance(lease, Optional.empty(), state(1)));
    assertInstanceOf(Renewed.Extended.class, agent.renew(lease));
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(1)));
  }

  @Test
  void aMountThatLostItsLeaseMayClaimAgainUnderAGreaterNumber() throws IOException {
    cas.create(session("a", "", ""));
    var agent = agent("a/s");
    var old = agent.granted("a:data").lease();
    cas.clock.advance(LEASE);
    var again = agent.granted("a:data").lease();
    assertEquals(2, again.fence());
    lost(agent.advance(old, Optional.empty(), state(1)));
    assertEquals(STORED, agent.advance(again, Optional.empty(), state(1)));
  }

  @Test
  void anAgentThatLostTheAnswerAsksAgain() throws IOException {
    cas.create(session("a", "", ""));
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    assertEquals(lease, agent.granted("a:data").lease());
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(1)));
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(1)));
    assertEquals(1, AuditLog.of(state, "volume-claimed").size());
  }

  @Test
  void aTagIsOnlyReplacedByWhoKnowsItAndByALaterOne() throws IOException {
    cas.create(session("a", "", ""));
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(5)));
    var has = new Advanced.Conflict(some(state(5)));
    assertEquals(has, agent.advance(lease, Optional.empty(), state(6)));
    assertEquals(has, agent.advance(lease, some(state(4)), state(6)));
    assertEquals(has, agent.advance(lease, some(state(5, 1)), state(6)));
    assertEquals(has, agent.advance(lease, some(state(5)), state(4)));
    assertEquals(has, agent.advance(lease, some(state(5)), state(5, 1)));
    agent.release(lease);
    assertEquals(some(state(5)), agent("a/s").granted("a:data").position());
  }

  @Test
  void withoutRollbackProtectionTheMountDecides() throws IOException {
    cas.create(session("a", ", update_policy: no_rollback_protection", ""));
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(5)));
    assertEquals(STORED, agent.advance(lease, some(state(5)), state(3)));
    assertInstanceOf(Claimed.Held.class, agent("a/s").claim("a:data"));
  }

  @Test
  void ephemeralMountsShareTheVolumeAndStoreNothing() throws IOException {
    cas.create(
        session(
            "a", ", update_policy: ephemeral", ", fspf_key: %s, fspf_tag: %s".formatted(KEY, TAG)));
    var given = new Claimed.Shared(some(new StoredTag(OptionalLong.empty(), TAG)));
    var one = agent("a/s");
    assertEquals(given, one.claim("a:data"));
    assertEquals(given, agent("a/s").claim("a:data"));
    lost(
        one.advance(
            new VolumeLease(VolumeAgent.volume("a:data"), VolumeAgent.hex(), 0),
            Optional.empty(),
            state(1)));
  }

  @Test
  void aTagOfThePolicyIsTheFirstStateAndAnotherOneBeginsAnew() throws IOException {
    var volume = ", fspf_key: %s, fspf_tag: %s";
    cas.create(session("a", "", volume.formatted(KEY, TAG)));
    var agent = agent("a/s");
    var granted = agent.granted("a:data");
    var first = new StoredTag(OptionalLong.empty(), TAG);
    assertEquals(some(first), granted.position());
    var numbered = StoredTag.of(4, TAG);
    assertEquals(STORED, agent.advance(granted.lease(), some(numbered), state(5)));
    var other = "0".repeat(32);
    cas.update("a", session("a", "", volume.formatted(KEY, other)));
    lost(agent.renew(granted.lease()));
    assertEquals(
        some(new StoredTag(OptionalLong.empty(), other)),
        agent("a/s").granted("a:data").position());
  }

  @Test
  void aVolumeThatIsRemovedAndAddedAgainIsANewOne() throws IOException {
    cas.create(session("a", "", ""));
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(5)));
    cas.update("a", TestCas.showing("a", "x", ""));
    lost(agent.advance(lease, some(state(5)), state(6)));
    lost(agent.renew(lease));
    cas.update("a", session("a", "", ""));
    lost(agent.advance(lease, some(state(5)), state(6)));
    assertEquals(Optional.empty(), agent("a/s").granted("a:data").position());
  }

  @Test
  void anUpdateThatChangesNothingOfTheVolumeKeepsLeaseAndTag() throws IOException {
    var yaml = session("a", "", "");
    cas.create(yaml);
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(5)));
    cas.update("a", yaml + "# changed\n");
    assertInstanceOf(Renewed.Extended.class, agent.renew(lease));
    assertEquals(STORED, agent.advance(lease, some(state(5)), state(6)));
  }

  @Test
  void thePolicyEndsALeaseAtTheNextRenewal() throws IOException {
    var yaml = session("a", "", "");
    cas.create(yaml);
    for (var changed :
        List.of(
            yaml.replace(TestCas.GOOD.hex(), TestCas.BAD.hex()),
            yaml.replace("    volumes: [{name: data, path: /data}]\n", ""),
            yaml.replace("path: /data}", "path: /data, update_policy: ephemeral}"),
            yaml.replace(TestCas.TOKEN, "another-token"),
            yaml.replace("  - name: s\n    command", "  - name: t\n    command"))) {
      var agent = agent("a/s");
      var lease = agent.granted("a:data").lease();
      cas.update("a", changed);
      lost(agent.renew(lease));
      lost(agent.renew(lease));
      assertFalse(AuditLog.of(state, "volume-released").getLast().text("reason").isEmpty());
      cas.update("a", yaml);
      lost(agent.renew(lease));
    }
  }

  @Test
  void aSessionThatIsDeletedAndCreatedAgainHasNewVolumes() throws IOException {
    var yaml = session("a", "", "");
    var hash = cas.create(yaml);
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    assertEquals(STORED, agent.advance(lease, Optional.empty(), state(5)));
    try (var client = cas.client(cas.owner)) {
      client.deleteSession("a", hash);
    }
    lost(agent.renew(lease));
    refused("unknown-session", () -> agent.claim("a:data"));
    cas.create(yaml);
    lost(agent.renew(lease));
    assertEquals(Optional.empty(), agent("a/s").granted("a:data").position());
  }

  @Test
  void sessionsThatImportAVolumeHaveOneLeaseWithItsOwner() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    var owner = session("m/db", "", ", export: ../api");
    cas.create(owner);
    cas.create(session("m/api", "", ", import: {session: ../db, volume: data}"));
    var db = agent("m/db/s");
    var lease = db.granted("m/db:data").lease();
    assertEquals(STORED, db.advance(lease, Optional.empty(), state(1)));
    var api = agent("m/api/s");
    assertEquals("m/db/s", assertInstanceOf(Claimed.Held.class, api.claim("m/db:data")).by());
    db.release(lease);
    var imported = api.granted("m/db:data");
    assertEquals(some(state(1)), imported.position());
    assertEquals("m/api/s", assertInstanceOf(Claimed.Held.class, db.claim("m/db:data")).by());
    cas.update("m/db", session("m/db", "", ""));
    lost(api.renew(imported.lease()));
    refused("secret-unavailable", () -> api.claim("m/db:data"));
  }

  @Test
  void anImporterActsUnderTheNarrowerPolicy() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(session("m/db", "", ", export: {session: ../api, update_policy: ephemeral}"));
    cas.create(session("m/api", "", ", import: {session: ../db, volume: data}"));
    assertInstanceOf(Claimed.Shared.class, agent("m/api/s").claim("m/db:data"));
  }

  @Test
  void nobodyGetsAVolumeThatIsNotHis() throws IOException {
    cas.create(session("a", "", ""));
    cas.create(session("b", "", ""));
    var a = agent("a/s");
    var b = agent("b/s");
    for (var wrong : List.of("a:data", "b:other", "c:data")) {
      refused("unknown-volume", () -> b.claim(wrong));
    }
    var lease = a.granted("a:data").lease();
    lost(b.advance(lease, Optional.empty(), state(1)));
    lost(b.renew(lease));
    b.release(lease);
    assertEquals(STORED, a.advance(lease, Optional.empty(), state(1)));
    var guessed = new VolumeLease(lease.volume(), lease.mount(), lease.fence() + 1);
    lost(a.advance(guessed, some(state(1)), state(2)));
    var elsewhere = new VolumeLease(lease.volume(), VolumeAgent.hex(), lease.fence());
    lost(a.advance(elsewhere, some(state(1)), state(2)));
  }

  @Test
  void aTicketIsOfNoUseToAnotherKey() throws IOException {
    cas.create(session("a", "", ""));
    var me = AttestedChannel.instance();
    var ticket = VolumeAgent.attested(cas, "a/s", me);
    var pin = cas.server().keyHash();
    try (var mine = new VolumeAgent(cas.address(), pin, me, ticket);
        var thief = new VolumeAgent(cas.address(), pin, AttestedChannel.instance(), ticket);
        var forger = new VolumeAgent(cas.address(), pin, me, forged(ticket));
        var stranger = new VolumeAgent(cas.address(), pin, me, "1.x.y")) {
      var lease = mine.granted("a:data").lease();
      for (var other : List.of(thief, forger, stranger)) {
        refused("ticket-refused", () -> other.claim("a:data"));
        refused("ticket-refused", () -> other.advance(lease, Optional.empty(), state(1)));
        refused("ticket-refused", () -> other.renew(lease));
        refused("ticket-refused", () -> other.release(lease));
      }
      assertEquals(STORED, mine.advance(lease, Optional.empty(), state(1)));
    }
  }

  private static String forged(String ticket) {
    var first = ticket.charAt(2) == 'A' ? 'B' : 'A';
    return "1." + first + ticket.substring(3);
  }

  @Test
  void ofManyThatClaimAtTheSameTimeOneInitialisesTheVolume() throws Exception {
    cas.create(session("a", "", ""));
    var racing = new ArrayList<Callable<Claimed>>();
    for (var i = 0; i < 8; i++) {
      var agent = agent("a/s");
      racing.add(() -> agent.claim("a:data"));
    }
    try (var threads = Executors.newFixedThreadPool(racing.size())) {
      var granted = 0;
      for (var answer : threads.invokeAll(racing)) {
        granted += answer.get() instanceof Claimed.Granted ? 1 : 0;
      }
      assertEquals(1, granted);
    }
  }

  @Test
  void manyVolumesAdvanceInOneRequest() throws IOException {
    cas.create(session("a", "", ""));
    cas.create(session("b", "", ""));
    var a = agent("a/s");
    var lease = a.granted("a:data").lease();
    var foreign = agent("b/s").granted("b:data").lease();
    var answers =
        a.client()
            .advance(
                List.of(
                    new TagAdvance(foreign, Optional.empty(), state(1)),
                    new TagAdvance(lease, Optional.empty(), state(1)),
                    new TagAdvance(lease, Optional.empty(), state(2))),
                VolumeAgent.PATIENCE);
    lost(answers.get(0));
    assertEquals(STORED, answers.get(1));
    assertEquals(new Advanced.Conflict(some(state(1))), answers.get(2));
  }

  @Test
  void theLogSaysOnceAMinuteHowFarAVolumeIs() throws IOException {
    cas.create(session("a", "", ""));
    var agent = agent("a/s");
    var lease = agent.granted("a:data").lease();
    var from = Optional.<StoredTag>empty();
    for (var i = 1; i <= 40; i++) {
      assertEquals(STORED, agent.advance(lease, from, state(i)));
      from = some(state(i));
      cas.clock.advance(Duration.ofSeconds(4));
      if (i % 10 == 0) {
        assertInstanceOf(Renewed.Extended.class, agent.renew(lease));
      }
    }
    agent.release(lease);
    var lines = AuditLog.of(state, "volume-advanced");
    assertEquals(
        List.of(state(1).toString(), state(16).toString(), state(31).toString()), texts(lines));
    var released = AuditLog.of(state, "volume-released").getFirst();
    assertEquals("released", released.text("reason"));
    assertEquals(state(40).toString(), released.text("position"));
  }

  private static List<String> texts(List<JsonMembers> lines) throws IOException {
    var texts = new ArrayList<String>();
    for (var line : lines) {
      texts.add(line.text("position"));
    }
    return texts;
  }

  @Test
  void theTicketIsNowhereInTheLog() throws IOException {
    cas.create(session("a", "", ""));
    var me = AttestedChannel.instance();
    var ticket = VolumeAgent.attested(cas, "a/s", me);
    try (var agent = new VolumeAgent(cas.address(), cas.server().keyHash(), me, ticket)) {
      agent.granted("a:data");
      refused("unknown-volume", () -> agent.claim("a:other"));
    }
    var log = Files.readString(state.resolve("audit.jsonl"));
    assertTrue(log.contains("volume-claimed"));
    assertFalse(log.contains(ticket.substring(2, 40)));
  }
}
