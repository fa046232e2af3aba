package dev.testudo.agent.volume;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.LeaseClient.Claimed;
import dev.testudo.trust.channel.VolumeRef;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks CAS for a volume, and waits while another mount has it.
final class VolumeClaim {
  /// The longest wait for another mount. An orchestrator starts the agent again afterwards.
  private static final Duration LONGEST = Duration.ofMinutes(15);

  /// The longest time between two questions. A mount that ends properly is noticed so late.
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final LeaseClient client;
  private final Consumer<String> report;

  VolumeClaim(LeaseClient client, Consumer<String> report) {
    this.client = client;
    this.report = report;
  }

  /// Returns the lease, or for an ephemeral mount the state to begin with.
  Claimed of(VolumeRef volume) throws AgentFailure, InterruptedException {
    var mount = mountId();
    long end = System.nanoTime() + LONGEST.toNanos();
    var holder = Optional.<String>empty();
    while (true) {
      var answer = ask(volume, mount);
      if (!(answer instanceof Claimed.Held(var by, var until))) {
        return answer;
      }
      if (holder.filter(by::equals).isEmpty()) {
        report.accept(
            "waits for volume `%s`: service %s has it, for at most another %d s"
                .formatted(volume.name(), by, until.toSeconds() + 1));
        holder = Optional.of(by);
      }
      if (System.nanoTime() - end > 0) {
        throw AgentFailure.refused(
            "service %s still has volume `%s` after %d minutes"
                .formatted(by, volume.name(), LONGEST.toMinutes()));
      }
      Thread.sleep(until.compareTo(BETWEEN) < 0 ? until.plusMillis(1) : BETWEEN);
    }
  }

  private Claimed ask(VolumeRef volume, String mount) throws AgentFailure {
    try {
      return client.claim(volume, mount, PATIENCE);
    } catch (CasException e) {
      if (e.isRefusal()) {
        throw AgentFailure.refused("volume `%s`: %s".formatted(volume.name(), e.getMessage()));
      }
      throw AgentFailure.environment("claim volume `%s`".formatted(volume.name()), e);
    } catch (IOException e) {
      throw AgentFailure.environment("claim volume `%s`".formatted(volume.name()), e);
    }
  }

  private static String mountId() {
    var id = new byte[16];
    RANDOM.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
