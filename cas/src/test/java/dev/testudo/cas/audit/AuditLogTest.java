package dev.testudo.cas.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void place() {
    file = directory.resolve("audit.jsonl");
  }

  private void append(String... names) throws IOException {
    try (var log = AuditLog.open(file, () -> Instant.EPOCH)) {
      for (var name : names) {
        log.append(new AuditEvent.SessionRead(name, "h", "caller"));
      }
    }
  }

  @Test
  void linesFollowEachOtherOverRestarts() throws IOException {
    append("a", "b");
    append("c");
    var lines = Files.readAllLines(file);
    assertEquals(3, lines.size());
    assertTrue(
        lines.get(0).contains("\"previous\":\"e3b0c44298fc1c149afbf4c8996fb924"), lines.get(0));
    assertTrue(lines.get(2).startsWith("{\"sequence\":3,"), lines.get(2));
  }

  @Test
  void everyEventIsOneLine() throws IOException {
    try (var log = AuditLog.open(file, () -> Instant.EPOCH)) {
      log.append(new AuditEvent.Started("v", "k"));
      log.append(new AuditEvent.SessionStored("s", "h", 1, "c"));
      log.append(new AuditEvent.SessionRead("s", "h", "c"));
      log.append(new AuditEvent.Attested("s/x", "h", "software", "m", false, List.of("p@1")));
      log.append(new AuditEvent.Refused("attest", "line\nbreak", "c", "r"));
    }
    assertEquals(5, Files.readAllLines(file).size());
    append("again");
  }

  @Test
  void anUnfinishedLineIsCutOff() throws IOException {
    append("a");
    var before = Files.readString(file);
    Files.writeString(file, "{\"sequence\":2,\"at\"", StandardOpenOption.APPEND);
    append("b");
    assertTrue(Files.readString(file).startsWith(before + "{\"sequence\":2,"));
    assertEquals(2, Files.readAllLines(file).size());
  }

  @Test
  void aChangedLineIsNoticed() throws IOException {
    append("a", "b", "c");
    var good = Files.readString(file);
    Files.writeString(file, good.replace("\"session\":\"a\"", "\"session\":\"x\""));
    var e = assertThrows(IOException.class, () -> append("d"));
    assertTrue(e.toString().contains("line 2"), e.toString());
    Files.writeString(file, good.substring(good.indexOf('\n') + 1));
    assertThrows(IOException.class, () -> append("d"));
    var lines = good.lines().toList();
    Files.writeString(file, lines.get(0) + "\n" + lines.get(2) + "\n");
    assertThrows(IOException.class, () -> append("d"));
    Files.writeString(file, "\n" + good);
    assertThrows(IOException.class, () -> append("d"));
  }
}
