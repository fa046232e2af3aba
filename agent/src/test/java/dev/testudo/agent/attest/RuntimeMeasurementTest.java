package dev.testudo.agent.attest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.eventlog.RuntimeEvents;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeMeasurementTest {
  private static final Measurement IMAGE = new Measurement("3c".repeat(32));

  /// `(printf '\001\000\000\010:testudo-image:'; printf '<%.0s' $(seq 32)) | sha384sum`.
  private static final String DIGEST =
      "caaa5ac0ef73edc308a0a6afe3554470e0c81fee401e9bbfc47d624856ef162a49d973615546f4fd0fba625d33be1f03";

  @TempDir private Path folder;
  private Path register;
  private Path log;

  @BeforeEach
  void register() throws IOException {
    register = Files.write(folder.resolve("rtmr3:sha384"), new byte[0]);
    log = folder.resolve("run/testudo/log.json");
  }

  private RuntimeMeasurement measurement() {
    return new RuntimeMeasurement(register, log, Duration.ofMillis(50));
  }

  private static String event(String digest, String payload) {
    return "{\"imr\":3,\"event_type\":134217729,\"digest\":\"%s\",\"event\":\"testudo-image\",\"event_payload\":\"%s\"}"
        .formatted(digest, payload);
  }

  @Test
  void theRegisterGetsTheDigestAndTheLogTheEvent() throws Exception {
    measurement().extend(IMAGE);
    assertArrayEquals(Octets.ofHex(DIGEST).toBytes(), Files.readAllBytes(register));
    assertEquals("[" + event(DIGEST, IMAGE.hex()) + "]", Files.readString(log));
  }

  @Test
  void theLogOfSeveralAgentsReplaysToTheRegister() throws Exception {
    var value = new byte[48];
    for (var image : List.of(IMAGE, new Measurement("4d".repeat(32)), IMAGE)) {
      measurement().extend(image);
      value = extended(value, Files.readAllBytes(register));
    }
    var events = RuntimeEvents.parse(Json.read(Files.readAllBytes(log), 1 << 16));
    assertEquals(3, events.events().size());
    assertEquals(Octets.of(value), events.replay().get(3));
  }

  /// As the hardware extends a register.
  private static byte[] extended(byte[] value, byte[] digest) throws Exception {
    var sha384 = MessageDigest.getInstance("SHA-384");
    sha384.update(value);
    return sha384.digest(digest);
  }

  @Test
  void withoutTheRegisterNothingIsLogged() throws Exception {
    Files.delete(register);
    var failure = assertThrows(AgentFailure.class, () -> measurement().extend(IMAGE));
    assertEquals(
        "extend RTMR3 with the measurement of the image: there is no %s; a TDX guest with Linux"
                .formatted(register)
            + " 6.16 or later has it",
        failure.line());
    assertFalse(Files.exists(log));
  }

  @Test
  void aDamagedLogIsNotContinued() throws Exception {
    Files.createDirectories(log.getParent());
    Files.writeString(log, "{}");
    assertThrows(AgentFailure.class, () -> measurement().extend(IMAGE));
    assertEquals(0, Files.size(register));
  }

  @Test
  void anAgentThatHoldsTheLockIsNotWaitedForForEver() throws Exception {
    Files.createDirectories(log.getParent());
    var lock = log.resolveSibling("log.json.lock");
    try (var other = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = other.lock()) {
      var failure = assertThrows(AgentFailure.class, () -> measurement().extend(IMAGE));
      assertEquals(
          "extend RTMR3 with the measurement of the image: another agent holds the lock of %s for"
                  .formatted(log)
              + " more than 0 s",
          failure.line());
    }
    assertEquals(0, Files.size(register));
    measurement().extend(IMAGE);
    assertEquals(48, Files.size(register));
  }
}
