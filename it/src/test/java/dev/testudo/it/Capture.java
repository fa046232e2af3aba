package dev.testudo.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// What crosses the loopback device, taken by tcpdump.
final class Capture implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Process tcpdump;
  private final Path packets;

  private Capture(Process tcpdump, Path packets) {
    this.tcpdump = tcpdump;
    this.packets = packets;
  }

  /// Captures what `filter` (pcap-filter(7)) selects.
  static Capture start(Path directory, String filter) throws IOException, InterruptedException {
    var packets = directory.resolve("wire.pcap");
    var log = directory.resolve("tcpdump.log");
    var tcpdump =
        new ProcessBuilder(
                "tcpdump",
                "-i",
                "lo",
                "-U",
                "--immediate-mode",
                "-s",
                "0",
                "-w",
                packets.toString(),
                filter)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var deadline = Instant.now().plus(LIMIT);
    while (!Files.readString(log).contains("listening")) {
      if (Instant.now().isAfter(deadline) || !tcpdump.isAlive()) {
        throw new AssertionError("tcpdump does not listen: " + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return new Capture(tcpdump, packets);
  }

  /// Stops and answers every captured byte, one char each.
  String bytes() throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(300); // lets the kernel hand over what it has buffered
    tcpdump.destroy();
    if (!tcpdump.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("tcpdump does not stop");
    }
    return new String(Files.readAllBytes(packets), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    tcpdump.destroyForcibly();
  }
}
