package dev.testudo.agent.attest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static String event(String digest, String payload) {
    return "{\"imr\":3,\"event_type\":134217729,\"digest\":\"%s\",\"event\":\"testudo-image\",\"event_payload\":\"%s\"}"
        .formatted(digest, payload);
  }

  @Test
  void theRegisterGetsTheDigestAndTheLogTheEvent() throws Exception {
    new RuntimeMeasurement(register, log).extend(IMAGE);
    assertArrayEquals(Octets.ofHex(DIGEST).toBytes(), Files.readAllBytes(register));
    assertEquals("[" + event(DIGEST, IMAGE.hex()) + "]", Files.readString(log));
  }

  @Test
  void theLogHasTheEventsOfAllAgentsInTheirOrder() throws Exception {
    var other = new Measurement("4d".repeat(32));
    new RuntimeMeasurement(register, log).extend(IMAGE);
    new RuntimeMeasurement(register, log).extend(other);
    var second = RuntimeMeasurement.digest(Octets.ofHex(other.hex())).hex();
    assertEquals(
        "[%s,%s]".formatted(event(DIGEST, IMAGE.hex()), event(second, other.hex())),
        Files.readString(log));
  }

  @Test
  void withoutTheRegisterNothingIsLogged() throws Exception {
    Files.delete(register);
    var failure =
        assertThrows(AgentFailure.class, () -> new RuntimeMeasurement(register, log).extend(IMAGE));
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
    assertThrows(AgentFailure.class, () -> new RuntimeMeasurement(register, log).extend(IMAGE));
    assertEquals(0, Files.size(register));
  }
}
