package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UnixPrivilegedTest {
  @Test
  void pathsAreDecidedAndResolvedAsTheProgramSeesThem() throws Exception {
    // Short: a Unix socket's path has 107 bytes.
    var folder = Files.createTempDirectory("shield");
    var reached = new AtomicInteger();
    var forbidden = new AtomicInteger();
    try (var cage = new Cage(folder);
        var _ = serve(folder.resolve("allowed"), reached);
        var _ = serve(folder.resolve("allowed-inside"), reached);
        var _ = serve(folder.resolve("inner"), forbidden);
        var _ = serve(folder.resolve("refused"), forbidden)) {
      Files.createFile(folder.resolve("plainfile"));
      Files.createSymbolicLink(folder.resolve("link"), folder.resolve("allowed"));
      for (var name : new String[] {"allowed", "missing", "plainfile", "own"}) {
        cage.decisions.plainConnect(folder.resolve(name).toString());
      }
      cage.decisions.plainConnect("/allowed-inside").plainListen(folder.resolve("own").toString());
      cage.python("unix.py", folder).succeeds();
      assertEquals(0, forbidden.get());
    }
  }

  private static ServerSocketChannel serve(Path path, AtomicInteger count) throws IOException {
    var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(path));
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (true) {
                  var peer = channel.accept();
                  count.incrementAndGet();
                  Thread.ofPlatform().daemon().start(() -> echo(peer));
                }
              } catch (IOException e) {
                // Closed at the end of the test.
              }
            });
    return channel;
  }

  private static void echo(java.nio.channels.SocketChannel peer) {
    try (peer) {
      var buffer = ByteBuffer.allocate(100);
      while (peer.read(buffer) > 0) {
        peer.write(buffer.flip());
        buffer.clear();
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }
}
