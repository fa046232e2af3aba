package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.it.strangers.Strangers;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.software.CombinedMeasurement;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An honest agent that attests, and an owner who reads, once a second, while strangers do all that
/// they can do to CAS: from addresses of their own and from the agent's.
class StrangersHoldNothingUpIT {
  private static final Measurement PART = new Measurement("ab".repeat(32));
  private static final String SERVICE = "honest/s";
  private static final long MOST_MEMORY = 512L << 20;
  private static final Duration MOST_LATENCY = Duration.ofSeconds(1);

  /// Descriptors that CAS has when the measuring begins, nearly all of them connections. More come
  /// than it lets in, and the silent ones go every few seconds.
  private static final int SETTLED = 1300;

  @TempDir private Path work;

  @Test
  void aFewSecondsOfAttackCostTheHonestNoRequest() throws IOException, InterruptedException {
    var honest = measured(10);
    assertEquals(List.of(), honest.errors);
    assertTrue(honest.memory < MOST_MEMORY, () -> honest.memory + " bytes");
  }

  @Test
  @Tag("nightly")
  void aMinuteOfAttackKeepsTheHonestWaitingForLessThanASecond()
      throws IOException, InterruptedException {
    var honest = measured(60);
    assertEquals(List.of(), honest.errors);
    assertTrue(honest.memory < MOST_MEMORY, () -> honest.memory + " bytes");
    assertTrue(honest.percentile(0.99).compareTo(MOST_LATENCY) < 0, honest::toString);
  }

  /// What the honest met with.
  private static final class Honest {
    final List<Duration> latencies = new ArrayList<>();
    final List<String> errors = new ArrayList<>();
    long memory;

    Duration percentile(double part) {
      var sorted = latencies.stream().sorted().toList();
      return sorted.get((int) Math.min(sorted.size() - 1, Math.ceil(part * sorted.size())));
    }

    @Override
    public String toString() {
      return "honest: %d requests, %d errors, median %d ms, p99 %d ms, largest %d ms; CAS: %d MiB at most"
          .formatted(
              latencies.size(),
              errors.size(),
              percentile(0.5).toMillis(),
              percentile(0.99).toMillis(),
              percentile(1).toMillis(),
              memory >> 20);
    }
  }

  private Honest measured(int seconds) throws IOException, InterruptedException {
    try (var cas = RunningCas.start(work.resolve("cas"))) {
      cas.register(session());
      var token = cas.token(SERVICE, 1000);
      var honest = new Honest();
      ask(cas, token, honest);
      honest.latencies.clear();
      var strangers = strangers(cas);
      try {
        var said = strangers.inputReader(StandardCharsets.UTF_8);
        assertEquals("attacking", said.readLine());
        Patience.until(
            () -> cas.descriptors() >= SETTLED, () -> cas.descriptors() + " descriptors");
        var begin = System.nanoTime();
        for (var i = 0; i < seconds; i++) {
          ask(cas, token, honest);
          TimeUnit.NANOSECONDS.sleep(begin + TimeUnit.SECONDS.toNanos(i + 1L) - System.nanoTime());
        }
        honest.memory = cas.mostMemory();
        strangers.getOutputStream().close();
        said.lines().forEach(System.out::println);
        System.out.println(honest);
      } finally {
        Processes.end(strangers);
      }
      return honest;
    }
  }

  /// One agent that starts, and one look at the session by its owner.
  private static void ask(RunningCas cas, String token, Honest honest) {
    var begin = System.nanoTime();
    try {
      var configuration =
          AttestedChannel.fetch(
              cas.address(),
              cas.key(),
              AttestedChannel.instance(),
              SERVICE,
              (report, _) -> new Evidence.Software(PART, PART, report),
              Optional.of(Secret.ofText(token)));
      assertEquals("yes", configuration.environment().get("HONEST"));
      honest.latencies.add(Duration.ofNanos(System.nanoTime() - begin));
      begin = System.nanoTime();
      assertEquals(session(), cas.read("honest"));
      honest.latencies.add(Duration.ofNanos(System.nanoTime() - begin));
    } catch (IOException e) {
      honest.errors.add(e.toString());
    }
  }

  /// They give way to CAS where processors are short: attackers have processors of their own.
  private Process strangers(RunningCas cas) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    return new ProcessBuilder(
            "nice",
            "-n",
            "10",
            java,
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Strangers.class.getName(),
            "127.0.0.1",
            Integer.toString(cas.port()))
        .redirectError(work.resolve("strangers.log").toFile())
        .start();
  }

  private static String session() {
    return """
        name: honest
        version: "0.3"
        security:
          attestation:
            mode: hardware
            tolerate: [software-evidence]
        services:
          - name: s
            command: prog
            environment:
              HONEST: "yes"
            attestation:
              - mrenclave: "%s"
                join_token: required
        """
        .formatted(CombinedMeasurement.of(PART, PART));
  }
}
