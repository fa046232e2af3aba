package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.escape.Folders;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class UnixPrivilegedTest {
  /// Short, because a Unix socket's path has at most 107 bytes.
  private Path folder = Path.of("/");

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("shield");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(folder);
  }

  @Test
  void pathsAreDecidedAndResolvedAsTheProgramSeesThem() throws Exception {
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

  @Test
  void peersSeeTheNamesThatProgramsGave() throws Exception {
    try (var cage = new Cage(folder, new LocalNetwork.Host(), true)) {
      cage.decisions.plainByDefault();
      cage.python("unix_names.py", folder, mayHaveOwnDirectory()).succeeds();
    }
  }

  /// Returns whether unshare(2) works; containers forbid it. Without it, peers see the shield's
  /// path instead of a relative name.
  private static boolean mayHaveOwnDirectory() throws Exception {
    return new ProcessBuilder("/usr/bin/python3", "-c", OWN_DIRECTORY).start().waitFor() == 0;
  }

  private static final String OWN_DIRECTORY =
      "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x200) != 0)";

  @Test
  void aNameThatMovesMeanwhileMakesNoFileElsewhere() throws Exception {
    try (var cage = new Cage(folder)) {
      cage.decisions.plainByDefault();
      cage.python("unix_moving_name.py", folder).succeeds();
    } finally {
      var here = Path.of("").toAbsolutePath();
      try (var files = Files.newDirectoryStream(here, "escaped*")) {
        assertEquals(List.of(), escapes(files));
      }
    }
  }

  @Test
  void linksOfTheProgramsOwnLeadNowhere() throws Exception {
    var open = new AtomicInteger();
    var forbidden = new AtomicInteger();
    Files.createDirectory(folder.resolve("real"));
    Files.createDirectory(folder.resolve("other"));
    Files.createSymbolicLink(folder.resolve("way"), Path.of("real"));
    var rules =
        Map.of(
            "", "unprotected",
            "CLIENT_1", "refuse",
            "CLIENT_1_DESTINATION", "unix:" + folder.resolve("refused"),
            "CLIENT_2", "unprotected",
            "CLIENT_2_DESTINATION", "unix:" + folder.resolve("way/s"),
            "CLIENT_3", "unprotected",
            "CLIENT_3_DESTINATION", "unix:" + folder.resolve("later/s"));
    try (var _ = serve(folder.resolve("open"), open);
        var _ = serve(folder.resolve("real/s"), open);
        var _ = serve(folder.resolve("refused"), forbidden);
        var _ = serve(folder.resolve("other/s"), forbidden);
        var shield = new RealShield(folder, rules)) {
      shield.python("unix_links.py", folder).succeeds();
      shield.refuses(
          "connect", "it is unix:%s by another name".formatted(folder.resolve("refused")));
      shield.refuses("connect", "a symbolic link was put on the path after the program started");
      assertEquals(0, forbidden.get());
    }
  }

  @Test
  void connectsThatMayNotWaitLeaveNothingOpen() throws Exception {
    var path = folder.resolve("full");
    try (var cage = new Cage(folder)) {
      cage.decisions.plainListen(path.toString()).plainConnect(path.toString());
      cage.python("unix_crowd.py", path).succeeds();
      Eventually.holds(() -> descriptorsOf(path) == 0, () -> descriptorsOf(path) + " still open");
    }
  }

  private static long descriptorsOf(Path path) {
    var own = new File("/proc/self/fd").listFiles();
    return Arrays.stream(own == null ? new File[0] : own)
        .filter(descriptor -> leadsTo(descriptor.toPath(), path))
        .count();
  }

  private static boolean leadsTo(Path descriptor, Path path) {
    try {
      return Files.readSymbolicLink(descriptor).equals(path);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  private static List<Path> escapes(Iterable<Path> files) throws IOException {
    var found = new ArrayList<Path>();
    for (var file : files) {
      found.add(file);
      Files.delete(file);
    }
    return found;
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
