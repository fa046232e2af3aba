package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Agents, CAS and both are killed at random instants while SQLite, PostgreSQL and Redis commit to
/// encrypted volumes. No transaction that a database acknowledged is lost, and no start is refused.
/// Needs root.
class KilledVolumesIT {
  private static final Map<String, String> DATABASES =
      Map.of(
          "sqlite", "/app/load.py, sqlite",
          "redis", "/app/load.py, redis",
          "postgres", "/app/load.py, postgres");

  private static final Duration SHORT_LEASE = Duration.ofSeconds(5);

  /// Longer than CAS needs to start again.
  private static final Duration LEASE = Duration.ofSeconds(10);

  /// The longest time between the first transactions of all databases and the end.
  private static final int MILLIS = 2000;

  @TempDir private Path folder;
  private final Map<String, RunningAgent> agents = new TreeMap<>();

  /// The last transactions that the databases acknowledged to earlier agents.
  private final Map<String, Long> acknowledged = new TreeMap<>();

  /// How often an agent ended because CAS was away for longer than a lease.
  private int givenUp;

  /// What is killed.
  enum Victim {
    CAS,
    AGENTS,
    BOTH,
    /// The agents, by SIGTERM and with as much time as they need.
    TOLD
  }

  @Test
  @Timeout(600)
  void noTransactionIsLostWhateverIsKilled() throws Exception {
    rounds(SHORT_LEASE, List.of(Victim.BOTH, Victim.TOLD));
  }

  @Test
  @Tag("nightly")
  @Timeout(7200)
  void noTransactionIsLostInManyRounds() throws Exception {
    var victims = new ArrayList<Victim>();
    for (var round = 0; round < Integer.getInteger("volume.rounds", 27); round++) {
      victims.addAll(List.of(Victim.values()));
    }
    rounds(LEASE, victims);
  }

  private void rounds(Duration lease, List<Victim> victims) throws Exception {
    long seed = Long.getLong("volume.seed", new Random().nextLong());
    System.out.println("-Dvolume.seed=" + seed);
    var random = new Random(seed);
    try (var workshop = VolumeWorkshop.in(folder, lease)) {
      workshop.services("", DATABASES);
      proceed(workshop);
      for (var victim : victims) {
        Thread.sleep(random.nextInt(MILLIS));
        end(workshop, victim, random);
        proceed(workshop);
      }
      keepAcknowledged();
      System.out.printf(
          "%d rounds, %s transactions, %d times given up%n", victims.size(), acknowledged, givenUp);
    }
  }

  private void end(VolumeWorkshop workshop, Victim victim, Random random) throws Exception {
    switch (victim) {
      case CAS -> {
        workshop.killCas();
        Thread.sleep(random.nextInt(200));
        workshop.restartCas();
      }
      case AGENTS -> killAgents();
      case BOTH -> {
        boolean first = random.nextBoolean();
        if (first) {
          killAgents();
        }
        workshop.killCas();
        if (!first) {
          Thread.sleep(random.nextInt(50));
          killAgents();
        }
        workshop.restartCas();
      }
      case TOLD -> tellAgents();
    }
  }

  private void killAgents() throws InterruptedException {
    for (var agent : agents.values()) {
      agent.agent().destroyForcibly();
    }
    for (var agent : agents.values()) {
      agent.kill();
    }
    keepAcknowledged();
    agents.clear();
  }

  private void tellAgents() throws IOException, InterruptedException {
    for (var agent : agents.values()) {
      agent.signal("TERM");
    }
    for (var agent : agents.values()) {
      assertEquals(0, agent.awaitEnd(), agent::output);
    }
    keepAcknowledged();
    agents.clear();
  }

  private void keepAcknowledged() {
    for (var agent : agents.entrySet()) {
      agent
          .getValue()
          .lastNumber()
          .ifPresent(last -> acknowledged.merge(agent.getKey(), last, Long::max));
    }
  }

  /// Starts the agents that do not run, and waits until each database has acknowledged a
  /// transaction since.
  private void proceed(VolumeWorkshop workshop) throws IOException, InterruptedException {
    for (var name : DATABASES.keySet()) {
      if (!agents.containsKey(name)) {
        agents.put(name, workshop.start(name));
      }
    }
    for (var name : DATABASES.keySet()) {
      awaitTransaction(workshop, name);
    }
  }

  private void awaitTransaction(VolumeWorkshop workshop, String name)
      throws IOException, InterruptedException {
    long before = agents.get(name).lastNumber().orElse(0);
    while (!progresses(name, before)) {
      givenUp++;
      var ended = agents.get(name);
      assertTrue(ended.output().contains("CAS does not answer"), ended::output);
      keepAcknowledged();
      before = 0;
      agents.put(name, workshop.start(name));
    }
    var said = agents.get(name).awaitLine(line -> line.startsWith("has "));
    long found = Long.parseLong(said.substring("has ".length()));
    long least = acknowledged.getOrDefault(name, 0L);
    assertTrue(
        found == least || found == least + 1,
        () -> "%s acknowledged %d:%n%s".formatted(name, least, agents.get(name).output()));
  }

  /// Returns false if the agent ends before its database acknowledges a transaction after `before`.
  private boolean progresses(String name, long before) throws InterruptedException {
    var agent = agents.get(name);
    Patience.until(() -> agent.lastNumber().orElse(0) > before || !agent.isAlive(), agent::output);
    return agent.isAlive();
  }
}
