package dev.testudo.cas;

import static dev.testudo.cas.VolumeAgent.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.KilledCasTest.Running;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.LeaseClient.Advanced;
import dev.testudo.trust.channel.LeaseClient.Claimed;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.TagAdvance;
import dev.testudo.trust.channel.VolumeLease;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CAS is killed while it stores tags. It keeps each that it acknowledged, and the lease.
@Timeout(120)
class KilledVolumesTest {
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final Identity owner = Identity.ephemeral("owner");
  private final Identity me = AttestedChannel.instance();
  private final String mount = VolumeAgent.hex();
  private final AtomicLong acknowledged = new AtomicLong();

  @TempDir private Path work;

  @Test
  void whatCasAcknowledgedIsThereAfterwards() throws Exception {
    var ticket = "";
    for (var round = 0; round < ROUNDS; round++) {
      try (var cas = Running.start(work.resolve("state"))) {
        if (round == 0) {
          ticket = ticket(cas);
        }
        try (var client = cas.leases(me, ticket)) {
          var granted =
              assertInstanceOf(
                  Claimed.Granted.class,
                  client.claim(VolumeAgent.volume("a:data"), mount, VolumeAgent.PATIENCE));
          assertEquals(1, granted.lease().fence(), "it is the same lease");
          var has = granted.position().map(p -> p.sequence().orElseThrow()).orElse(0L);
          assertTrue(
              has == acknowledged.get() || has == acknowledged.get() + 1,
              () -> "CAS has %d of %d".formatted(has, acknowledged.get()));
          acknowledged.set(has);
          var before = acknowledged.get();
          var sender = Thread.ofPlatform().start(() -> advance(client, granted.lease()));
          while (acknowledged.get() < before + 20L * (round + 1) && sender.isAlive()) {
            Thread.sleep(1);
          }
          cas.process.destroyForcibly().waitFor();
          sender.join();
        }
      }
    }
    assertTrue(acknowledged.get() > ROUNDS * 20L);
  }

  private String ticket(Running cas) throws IOException {
    try (var client = cas.client(owner)) {
      client.createSession(LeasesTest.session("a", "", ""));
    }
    return cas.fetch(me, "a/s").protectedFiles().ticket().orElseThrow();
  }

  /// Sends tags until CAS is gone.
  private void advance(LeaseClient client, VolumeLease lease) {
    try {
      while (true) {
        var last = acknowledged.get();
        var from = last == 0 ? Optional.<StoredTag>empty() : Optional.of(state(last));
        var step = new TagAdvance(lease, from, state(last + 1));
        assertEquals(List.of(new Advanced.Stored()), client.advance(List.of(step), PATIENCE));
        acknowledged.incrementAndGet();
      }
    } catch (IOException e) {
      // CAS was killed.
    }
  }
}
