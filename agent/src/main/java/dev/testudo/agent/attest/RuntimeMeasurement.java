package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.linux.sys.KernelAttributes;
import dev.testudo.trust.attest.eventlog.EventType;
import dev.testudo.trust.attest.eventlog.RuntimeEvents;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.files.FileLocks;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Extends RTMR3 of a TDX guest with the measurement of the image, and keeps the log that explains
/// the register. See `docs/formats/runtime-log.md`.
///
/// @param register the file of the kernel that extends RTMR3 (Linux 6.16)
/// @param log the file with the events, which all agents of this VM share
/// @param patience how long another agent may extend it meanwhile
record RuntimeMeasurement(Path register, Path log, Duration patience) {
  /// The file that extends RTMR3, in the directory of measurement registers.
  static final String REGISTER = "rtmr3:sha384";

  /// Where the log is. It is as old as the registers: both begin when the VM boots.
  static final Path LOG = Path.of("/run/testudo/runtime-log.json");

  /// The name of the event.
  static final String EVENT = "testudo-image";

  /// How long another agent may take.
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final int MOST_EVENTS = 4096;
  private static final int MOST_BYTES = 4 << 20;
  private static final int REGISTER_NUMBER = 3;

  /// Extends the register, then writes the log.
  ///
  /// @throws AgentFailure if the register cannot be extended or the log not be written. The log may
  ///     then lack an event, so the agent must not go on
  void extend(Measurement image) throws AgentFailure, InterruptedException {
    try {
      if (!Files.exists(register)) {
        throw new IOException(
            "there is no %s; a TDX guest with Linux 6.16 or later has it".formatted(register));
      }
      Files.createDirectories(log.toAbsolutePath().getParent());
      try (var lock =
          FileChannel.open(
              log.resolveSibling(log.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE)) {
        awaitTurn(lock);
        extendLocked(Octets.ofHex(image.hex()));
      }
    } catch (IOException e) {
      throw AgentFailure.environment("extend RTMR3 with the measurement of the image", e);
    }
  }

  /// Waits until no other agent extends the register.
  private void awaitTurn(FileChannel lock) throws IOException, InterruptedException {
    for (var left = patience; !FileLocks.take(lock); left = left.minus(PAUSE)) {
      if (left.isNegative()) {
        throw new IOException(
            "another agent holds the lock of %s for more than %d s"
                .formatted(log, patience.toSeconds()));
      }
      Thread.sleep(PAUSE);
    }
  }

  private void extendLocked(Octets image) throws IOException {
    var digest = RuntimeEvents.digest(EventType.RUNTIME.number(), EVENT, image);
    var events = new ArrayList<>(events());
    if (events.size() == MOST_EVENTS) {
      throw new IOException("%s has %d events already".formatted(log, MOST_EVENTS));
    }
    events.add(
        new JsonBuilder()
            .put("imr", REGISTER_NUMBER)
            .put("event_type", EventType.RUNTIME.number())
            .put("digest", digest.hex())
            .put("event", EVENT)
            .put("event_payload", image.hex())
            .build());
    var next = log.resolveSibling(log.getFileName() + ".new");
    Files.write(next, Json.write(new JsonArray(events)));
    KernelAttributes.write(register, digest.toBytes());
    Files.move(next, log, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private List<JsonValue> events() throws IOException {
    if (!Files.exists(log)) {
      return List.of();
    }
    try (var in = Files.newInputStream(log)) {
      if (Json.read(in.readNBytes(MOST_BYTES), MOST_BYTES) instanceof JsonArray(var events)) {
        return events;
      }
      throw new IOException(log + " is no list of events");
    }
  }
}
