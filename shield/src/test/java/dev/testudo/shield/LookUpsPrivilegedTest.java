package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LookUpsPrivilegedTest {
  private static final Map<String, String> RULES =
      Map.of(
          "CLIENT_db",
          "unprotected",
          "CLIENT_db_DESTINATION",
          "TCP:db.testudo.example:5432",
          "CLIENT_db_DESTINATION_IP",
          "127.0.0.9");

  @TempDir Path directory;

  @Test
  void aProgramThatMayAskNobodyFindsTheHostsOfItsRules() throws Exception {
    try (var shield = new RealShield(directory, RULES)) {
      var program =
          shield.python("names.py", "db.testudo.example", "127.0.0.9", "other.testudo.example");
      program.succeeds();
      assertEquals(
          List.of(),
          shield.events.stream().filter(ShieldEvent.Refused.class::isInstance).toList(),
          "asked somebody else");
    }
  }

  @Test
  void curlReachesTheHostOfARuleByItsName() throws Exception {
    Files.writeString(directory.resolve("page"), "hello by name");
    int port = Ports.unused();
    var server =
        new ProcessBuilder("python3", "-u", "-m", "http.server", "" + port, "--bind", "127.0.0.9")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("server").toFile())
            .start();
    try (var shield =
        new RealShield(
            directory,
            Map.of(
                "CLIENT_web",
                "unprotected",
                "CLIENT_web_DESTINATION",
                "TCP:web.testudo.example:" + port,
                "CLIENT_web_DESTINATION_IP",
                "127.0.0.9"))) {
      Eventually.holds(() -> said("server").contains("Serving"), () -> said("server"));
      var page = "http://web.testudo.example:" + port + "/page";
      var program = shield.start(List.of("curl", "-sS", page));
      assertEquals("hello by name", program.succeeds());
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  @Test
  void whereRulesLetAProgramAskItsLookUpsAreItsOwn() throws Exception {
    var rules = new TreeMap<>(RULES);
    rules.put("UNSUPPORTED_PROTOCOLS", "unprotected");
    try (var shield = new RealShield(directory, rules)) {
      shield.start(List.of("getent", "ahosts", "db.testudo.example"));
      shield.refusesByDefault("connect");
    }
  }

  private String said(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      return "";
    }
  }
}
