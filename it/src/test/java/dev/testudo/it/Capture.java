package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// What crosses the loopback device, taken by tcpdump.
final class Capture implements AutoCloseable {
  /// Sizes of pcap-savefile(5): what stands before the first packet, and before each one; in the
  /// latter, where the number of captured bytes is.
  private static final int FILE_HEADER = 24;

  private static final int PACKET_HEADER = 16;
  private static final int CAPTURED_BYTES = 8;

  private final Process tcpdump;
  private final Path file;

  /// Sends to itself, and is captured too.
  private final DatagramSocket marker;

  private Capture(Process tcpdump, Path file, DatagramSocket marker) {
    this.tcpdump = tcpdump;
    this.file = file;
    this.marker = marker;
  }

  /// Captures what `filter` (pcap-filter(7)) selects.
  static Capture start(Path directory, String filter) throws IOException, InterruptedException {
    var file = directory.resolve("wire.pcap");
    var log = directory.resolve("tcpdump.log");
    var marker = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
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
                file.toString(),
                "(%s) or (udp and dst port %d)".formatted(filter, marker.getLocalPort()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var capture = new Capture(tcpdump, file, marker);
    try {
      Patience.until(
          () -> {
            assertTrue(tcpdump.isAlive(), () -> read(log));
            return read(log).contains("listening");
          },
          () -> "tcpdump does not listen: " + read(log));
      return capture;
    } catch (AssertionError | InterruptedException e) {
      capture.close();
      throw e;
    }
  }

  /// Every packet until now, one string each, one char for each byte. A last packet of our own
  /// tells that tcpdump has written all that came before it.
  List<String> packets() throws IOException, InterruptedException {
    var last = UUID.randomUUID().toString();
    var bytes = last.getBytes(StandardCharsets.ISO_8859_1);
    marker.send(new DatagramPacket(bytes, bytes.length, marker.getLocalSocketAddress()));
    Patience.until(
        () -> captured().stream().anyMatch(packet -> packet.contains(last)),
        () -> "tcpdump captures nothing");
    return captured().stream().takeWhile(packet -> !packet.contains(last)).toList();
  }

  private List<String> captured() {
    var bytes = ByteBuffer.wrap(read(file).getBytes(StandardCharsets.ISO_8859_1));
    bytes.order(ByteOrder.nativeOrder());
    var packets = new ArrayList<String>();
    var at = FILE_HEADER;
    while (at + PACKET_HEADER <= bytes.limit()) {
      var packet = new byte[bytes.getInt(at + CAPTURED_BYTES)];
      at += PACKET_HEADER;
      if (at + packet.length > bytes.limit()) {
        break; // it is being written
      }
      bytes.get(at, packet);
      at += packet.length;
      packets.add(new String(packet, StandardCharsets.ISO_8859_1));
    }
    return packets;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    marker.close();
    tcpdump.destroyForcibly();
  }
}
