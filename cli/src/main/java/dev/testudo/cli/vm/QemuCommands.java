package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/// Commands to a running QEMU (QEMU Machine Protocol). Answers are not read: what a command does is
/// seen in the machine.
///
/// @param socket where QEMU listens
record QemuCommands(Path socket) {
  private static final String BEGIN =
      """
      {"execute": "qmp_capabilities"}
      """;

  private static final String KEYS =
      """
      {"execute": "send-key", "arguments": {"keys": [{"type": "qcode", "data": "ctrl"},\
      {"type": "qcode", "data": "alt"}, {"type": "qcode", "data": "delete"}]}}
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /// Presses Ctrl-Alt-Del in the machine, which asks its agent to end. Waits at most two seconds
  /// until QEMU has read the command.
  void pressKeys() throws IOException, InterruptedException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var bytes = ByteBuffer.wrap((BEGIN + KEYS).getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.shutdownOutput();
      channel.configureBlocking(false);
      var answers = ByteBuffer.allocate(1 << 12);
      // QEMU ends the connection when it has read all commands.
      var end = System.nanoTime() + PATIENCE.toNanos();
      while (channel.read(answers.clear()) >= 0 && System.nanoTime() < end) {
        Thread.sleep(PAUSE);
      }
    }
  }
}
