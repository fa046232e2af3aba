package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.process.Capabilities;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.shield.supervisor.socket.SocketWay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Rare socket calls. The same program runs without and with a shield and sees the same, except for
/// the differences listed here.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OddSocketCallsPrivilegedTest {
  /// What the shield answers for these options, on any socket.
  private static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry("IP_TRANSPARENT", "EPERM"),
          Map.entry("IP_OPTIONS: a source route", "EPERM"),
          Map.entry("IPV6_RTHDR", "EPERM"),
          Map.entry("IPV6_2292PKTOPTIONS", "EPERM"),
          Map.entry("IPV6_TRANSPARENT", "EPERM"),
          Map.entry("TCP_REPAIR", "EPERM"),
          Map.entry("TCP_REPAIR off", "EPERM"),
          Map.entry("SOL_TLS", "EPERM"),
          Map.entry("TCP_ULP of nobody", "ENOPROTOOPT"),
          Map.entry("TCP_FASTOPEN_CONNECT", "ENOPROTOOPT"),
          Map.entry("TCP_FASTOPEN_CONNECT off", "ENOPROTOOPT"),
          Map.entry("TCP_DEFER_ACCEPT", "ok"));

  private static final int NET_ADMIN = 12;

  /// All relevant capabilities except the one that the shield removes.
  private static final Set<Integer> USUAL =
      IntStream.range(0, 41)
          .boxed()
          .filter(capability -> capability != NET_ADMIN)
          .collect(Collectors.toUnmodifiableSet());

  @TempDir Path directory;

  @Test
  void socketsOfEveryKindAreDissolvedAsWithoutAShield() throws Exception {
    List<String> natively;
    try (var echo = new EchoServer();
        var slow = new BusyServer()) {
      int free = Ports.unused();
      natively =
          natively("dissolve.py", echo.port(), echo.port(), slow.port(), slow.port(), free, free);
    }
    try (var cage = new Cage(directory);
        var plain = new EchoServer();
        var secured = new EchoServer();
        var slow = new BusyServer();
        var slowSecured = new BusyServer()) {
      int listen = Ports.unused();
      int listenSecured = Ports.unused();
      cage.decisions.plainByDefault().securedListen(listenSecured);
      cage.decisions.securedConnect(secured.port()).securedConnect(slowSecured.port());
      var shielded =
          cage.python(
              "dissolve.py",
              plain.port(),
              secured.port(),
              slow.port(),
              slowSecured.port(),
              listen,
              listenSecured,
              folder());
      boolean supplied = Support.socketWay() == SocketWay.SUPPLY;
      checkSame(natively.stream().map(line -> supplied ? undissolved(line) : line), shielded);
    }
  }

  /// Adjusts the expectation: where sockets are supplied, a connection cannot be disconnected.
  private static String undissolved(String line) {
    if (!line.contains(" connection")) {
      return line;
    }
    var host = line.contains("IPv6") ? "::ffff:127.0.0.1" : "127.0.0.1";
    return line.substring(0, line.indexOf(" | "))
        + " | ENOTSUP | %s port some -> %1$s port echo | ok | EISCONN".formatted(host);
  }

  @Test
  void optionsThatWouldLeadAroundTheRulesAreRefusedAndTheRestWorks() throws Exception {
    List<String> natively;
    try (var echo = new EchoServer()) {
      natively = natively("options.py", echo.port(), echo.port(), Ports.unused());
    }
    try (var cage = new Cage(directory);
        var plain = new EchoServer();
        var secured = new EchoServer()) {
      cage.decisions.plainByDefault().securedConnect(secured.port());
      var shielded =
          cage.python("options.py", plain.port(), secured.port(), Ports.unused(), folder());
      boolean supplied = Support.socketWay() == SocketWay.SUPPLY;
      checkSame(
          natively.stream().map(OddSocketCallsPrivilegedTest::refused),
          shielded,
          line -> supplied ? inNewFamily(line) : line);
    }
  }

  /// Adjusts the expectation: where sockets are supplied, a protected socket that has changed its
  /// family shows the old one if the shield had seen it before.
  private static String inNewFamily(String line) {
    return line.startsWith("protected, now IPv4:") ? line.replaceAll("::ffff:127", "127") : line;
  }

  private static String refused(String line) {
    if (line.startsWith("MSG_FASTOPEN")) {
      return line.substring(0, line.lastIndexOf(' ')) + " ENOTSUP";
    }
    int kind = line.indexOf(": ");
    int answer = line.lastIndexOf(": ");
    if (kind < 0 || kind == answer) {
      return line;
    }
    var known = OPTIONS.get(line.substring(kind + 2, answer));
    return known == null ? line : line.substring(0, answer + 2) + known;
  }

  private static void checkSame(Stream<String> expected, Program shielded) {
    checkSame(expected, shielded, line -> line);
  }

  private static void checkSame(
      Stream<String> expected, Program shielded, UnaryOperator<String> reading) {
    var said = shielded.succeeds().lines().map(reading);
    assertEquals(
        expected.collect(Collectors.joining("\n")), said.collect(Collectors.joining("\n")));
  }

  private Path folder() throws IOException {
    return Files.createTempDirectory(directory, "folder");
  }

  /// Runs a program without the rights that no program under a shield has.
  private List<String> natively(String name, Object... arguments) throws IOException {
    var file = Path.of("src/test/resources/programs", name).toAbsolutePath();
    var words = new ArrayList<>(List.of("exec /usr/bin/python3 -u", file.toString()));
    Stream.of(arguments).map(Object::toString).forEach(words::add);
    words.add(folder().toString());
    var output = Files.createTempFile(directory, "natively", ".txt");
    words.add("> " + output + " 2>&1");
    var command =
        new Command(
            Path.of("/bin/sh"),
            List.of("sh", "-c", String.join(" ", words)),
            Map.of("PATH", "/usr/bin:/bin"),
            Optional.empty());
    var child = Launch.unshielded(() -> Capabilities.limitForPrograms(USUAL), command);
    return new Natively(child, output).succeeds().lines().toList();
  }

  private record Natively(Child child, Path output) implements Program {}
}
