package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static dev.testudo.cas.VolumeAgent.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.AcceptedTag;
import dev.testudo.trust.channel.LeaseClient.Advanced;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.VolumeStatus;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Who may read a session sees the states of its volumes; who may update it decides which counts.
class VolumeStatesTest extends WithTestCas {
  private static final String TAG = "ffeeddccbbaa99887766554433221100";
  private static final StoredTag BACKUP = new StoredTag(OptionalLong.empty(), TAG);

  private List<VolumeStatus> list(String session, Identity who) throws IOException {
    try (var client = cas.client(who)) {
      return client.volumes(new SessionName(session));
    }
  }

  private VolumeStatus accept(StoredTag tag, Optional<StoredTag> instead, Identity who)
      throws IOException {
    try (var client = cas.client(who)) {
      return client.accept(new AcceptedTag(VolumeAgent.volume("a:data"), tag, instead));
    }
  }

  @Test
  void aReaderSeesStateAndHolder() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(LeasesTest.session("m/db", "", ", export: ../api"));
    cas.create(LeasesTest.session("m/api", "", ", import: {session: ../db, volume: data}"));
    var unused = list("m/db", cas.owner).getFirst();
    assertEquals(Optional.empty(), unused.position());
    assertEquals(Optional.empty(), unused.holder());
    try (var agent = new VolumeAgent(cas, "m/api/s")) {
      var lease = agent.granted("m/db:data").lease();
      assertEquals(new Advanced.Stored(), agent.advance(lease, Optional.empty(), state(3)));
      for (var session : List.of("m/db", "m/api")) {
        var volume = list(session, cas.owner).getFirst();
        assertEquals("m/db:data", volume.volume().toString());
        assertEquals(Optional.of(state(3)), volume.position());
        assertEquals("m/api/s", volume.holder().orElseThrow().service());
      }
      cas.clock.advance(Duration.ofMinutes(2));
      assertFalse(list("m/db", cas.owner).getFirst().holder().orElseThrow().isValid());
    }
    refused("not-permitted", () -> list("m/db", Identity.ephemeral("stranger")));
    refused("unknown-session", () -> list("m/none", cas.owner));
  }

  @Test
  void aRestoredBackupIsAcceptedByWhoMayUpdateTheSession() throws IOException {
    cas.create(LeasesTest.session("a", "", ""));
    try (var agent = new VolumeAgent(cas, "a/s")) {
      var lease = agent.granted("a:data").lease();
      assertEquals(new Advanced.Stored(), agent.advance(lease, Optional.empty(), state(9)));
      refused("volume-held", () -> accept(BACKUP, Optional.empty(), cas.owner));
      agent.release(lease);
      refused(
          "not-permitted", () -> accept(BACKUP, Optional.empty(), Identity.ephemeral("stranger")));
      refused("wrong-predecessor", () -> accept(BACKUP, Optional.of(state(8)), cas.owner));
      assertEquals(Optional.of(state(9)), list("a", cas.owner).getFirst().position());

      var after = accept(BACKUP, Optional.of(state(9)), cas.owner);
      assertEquals(Optional.of(BACKUP), after.position());
      var again = agent.granted("a:data");
      assertEquals(Optional.of(BACKUP), again.position());
      assertTrue(again.lease().fence() > lease.fence());
      // The mount finds out which number the tag has.
      var found = StoredTag.of(4, TAG);
      assertEquals(
          new Advanced.Stored(), agent.advance(again.lease(), Optional.of(found), state(5, 1)));
    }
    var line = AuditLog.of(state, "volume-accepted").getFirst();
    assertEquals(state(9).toString(), line.text("before"));
    assertEquals(TAG, line.text("position"));
    assertEquals(cas.owner.keyHash().text(), line.text("caller"));
  }

  @Test
  void onlyTheOwnerOfAVolumeDecides() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(LeasesTest.session("m/db", "", ", export: ../api"));
    cas.create(LeasesTest.session("m/api", "", ", import: {session: ../db, volume: data}"));
    try (var client = cas.client(cas.owner)) {
      for (var wrong : List.of("m/api:data", "m/db:none")) {
        refused(
            "unknown-volume",
            () ->
                client.accept(
                    new AcceptedTag(VolumeAgent.volume(wrong), BACKUP, Optional.empty())));
      }
    }
  }
}
