package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Replicas of CAS in pods of its chart, which share a PostgreSQL database. Needs root.
@Timeout(900)
class CasReplicasIT {
  private static final String SESSION =
      """
      name: replicated
      version: "0.3"
      secrets: [{name: number, kind: ascii, value: forty-two, export_public: true}]
      """;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static PodNetwork network;
  private static PodDatabase database;
  private static CasPods cas;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    network = PodNetwork.withoutCas(shared.resolve("network"));
    database = PodDatabase.start(network);
    cas =
        CasPods.in(
            network,
            shared.resolve("cas"),
            Map.of(
                "replicas", 2,
                "database.hosts", PodNetwork.HOST + ":5432",
                "database.name", "postgres",
                "database.user", PodDatabase.USER,
                "database.passwordSecret.name", "cas-database",
                "database.ca.configMap", "database-ca",
                "masterKey.secret", "cas-master-key"));
    var key = new byte[32];
    new SecureRandom().nextBytes(key);
    cas.volumes().put("cas-master-key", "master-key", key);
    cas.volumes()
        .put("cas-database", "password", PodDatabase.PASSWORD.getBytes(StandardCharsets.US_ASCII));
    cas.volumes().put("database-ca", "ca.crt", database.certificate());
  }

  @AfterAll
  static void stop() throws IOException {
    try (var _ = database) {
      network.close();
    }
  }

  private static String succeeded(PodNetwork.Pod pod, String... words) {
    var all = new String[words.length + 1];
    all[0] = Command.LAUNCHER.toString();
    System.arraycopy(words, 0, all, 1, words.length);
    var ended = network.run(cas.environment(pod), all);
    assertEquals(0, ended.exit(), ended.all());
    return ended.out().strip();
  }

  @Test
  void replicasThatStartAtOnceAreOneCasAndOneOfThemSurvivesTheOther() throws Exception {
    var one = cas.start("cas-one");
    var other = cas.start("cas-other");
    cas.ready(one);
    cas.ready(other);
    assertEquals(CasPods.key(one), CasPods.key(other));

    var session = Files.writeString(shared.resolve("session.yaml"), SESSION);
    succeeded(one, "session", "create", session.toString());
    assertEquals("forty-two", succeeded(other, "cas", "value", "replicated", "number"));

    network.kill(one);
    assertNotEquals(0, one.ended());
    assertEquals("forty-two", succeeded(other, "cas", "value", "replicated", "number"));
    var third = cas.ready(cas.start("cas-third"));
    assertEquals("forty-two", succeeded(third, "cas", "value", "replicated", "number"));
    for (var pod : List.of(one, other, third)) {
      assertFalse(pod.said().contains(PodDatabase.PASSWORD), pod::said);
    }
  }
}
