package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A CAS is backed up while it runs, killed, and restored elsewhere, at the command line.
@Timeout(3600)
class BackupIT {
  private static final String SESSION =
      """
      name: demo
      version: "0.3.10"
      secrets: [{name: p, kind: ascii, export_public: true}]
      """;

  @TempDir private Path work;

  @Test
  void aCasThatWasKilledContinuesElsewhere() throws IOException, InterruptedException {
    var state = work.resolve("cas");
    var backup = work.resolve("backup");
    var elsewhere =
        Files.createDirectory(
            work.resolve("elsewhere"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String key;
    String value;
    try (var cas = RunningCas.start(state)) {
      cas.register(SESSION);
      value = cas.publicValue("demo", "p");
      key = cas.key().text();
      var made = Command.testudo("cas", "backup", "--state", state + "", "--to", backup + "");
      assertEquals(0, made.exit(), made::all);
      assertEquals(key, new ObjectMapper().readTree(made.out()).path("key_hash").asText());
      cas.kill();
    }
    var words = List.of("cas", "restore", "--state", elsewhere + "", "--from", backup + "");
    var refused = Command.testudo(words.toArray(String[]::new));
    assertEquals(3, refused.exit(), refused::all);
    assertFalse(Files.exists(elsewhere.resolve("cas.db")));
    Files.copy(
        state.resolve("seal.key"),
        elsewhere.resolve("seal.key"),
        StandardCopyOption.COPY_ATTRIBUTES);
    var restored = Command.testudo(words.toArray(String[]::new));
    assertEquals(0, restored.exit(), restored::all);
    try (var cas = RunningCas.start(elsewhere)) {
      assertEquals(key, cas.key().text());
      assertEquals(value, cas.publicValue("demo", "p"));
      assertEquals(
          List.of("restored", "started"),
          cas.audit().reversed().stream()
              .map(line -> line.path("event").asText())
              .filter(event -> !event.equals("values-read"))
              .limit(2)
              .toList()
              .reversed());
    }
  }
}
