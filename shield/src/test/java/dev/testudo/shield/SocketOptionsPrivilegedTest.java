package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Checks the effect of each socket option on protected connections. It reads the relay's sockets
/// to the peers, which belong to this process. It compares the result with
/// `docs/socket-options.md`; `-Dgolden.update=true` rewrites the page.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SocketOptionsPrivilegedTest {
  private static final Path DOCUMENT = Path.of("../docs/socket-options.md");
  private static final Path TABLE = Path.of("src/test/programs/socket-options.txt");

  private static final String BEFORE =
      """
      # Socket options

      A protected connection has two sockets on each side: the program's own, whose other end is the
      shield, and the shield's, which leads to the peer. This page says how the shield treats an
      option that the program sets on its own socket: before `connect`, after `connect`, on a
      listener (accepted sockets inherit it), or on an accepted socket. An unprotected connection
      has only the program's socket, and the kernel handles all options except the refused ones.
      `SocketOptionsPrivilegedTest` sets each option, with and without a shield, checks the shield's
      socket, and generates this page.

      - **carried**: applies to both sockets. The shield sets the option on its own socket with the
        program's rights, and the program gets the kernel's error.
      - **outer**: applies only to the socket to the peer. `getsockopt` returns the value that the
        program has set.
      - **inner**: applies only to the program's own socket.
      - **pretended**: succeeds and does nothing.
      - an error: the option is refused.

      If a peer no longer answers, the kernel gives up on it by keepalive, by `TCP_USER_TIMEOUT` or
      by its own retransmissions. The program's socket then fails with `ETIMEDOUT`, half a second
      later than natively. If the shield [creates the sockets itself](socket-access.md), it has no
      duplicate of a connected one. Then either the program's own options end the connection, after
      another period of their time, or the shield does after ten seconds, with `ECONNRESET`.

      | option | treatment | remarks |
      | --- | --- | --- |
      """;

  private static final String AFTER =
      """

      Options of IPv6 (`IPV6_TCLASS`, `IPV6_UNICAST_HOPS`, `IPV6_MTU_DISCOVER`, `IPV6_DONTFRAG`,
      `IPV6_AUTOFLOWLABEL`, `IPV6_FLOWINFO_SEND`, `IPV6_ADDR_PREFERENCES`, `IPV6_MINHOPCOUNT`,
      `IPV6_FREEBIND`) are carried if the peer has an IPv6 address. Options that this page does not
      name are inner. Information of the kernel about a connection (`TCP_INFO`, `TCP_CC_INFO`,
      `IP_MTU`, `SIOCOUTQ`) describes the program's own socket.

      If a program binds a socket before a protected `connect`, the peer sees that address and port.
      """;

  /// Options whose value the kernel adjusts to the network path.
  private static final Set<String> ADJUSTED =
      Set.of(
          "TCP_MAXSEG after",
          "TCP_MAXSEG accepted",
          "TCP_WINDOW_CLAMP before",
          "TCP_WINDOW_CLAMP inherited");

  private final TwoSides sides = new TwoSides();

  @TempDir Path directory;

  /// A row of the table.
  record Row(String name, int level, int number, String value, String treatment, String remarks) {
    static Row parse(String line) {
      var fields = line.split("\\|", -1);
      return new Row(
          fields[0].strip(),
          Integer.parseInt(fields[1].strip()),
          Integer.parseInt(fields[2].strip()),
          fields[3].strip(),
          fields[4].strip(),
          fields[5].strip());
    }
  }

  /// What the program reports of one socket.
  record Seen(String name, String position, String result, String value, int clientPort) {
    static Seen parse(String line) {
      var words = line.split(" ");
      return new Seen(words[0], words[1], words[2], words[3], Integer.parseInt(words[4]));
    }

    String key() {
      return name + " " + position;
    }
  }

  @Test
  void eachOptionIsTreatedAsThePageSays() throws Exception {
    var rows =
        Files.readAllLines(TABLE).stream().filter(l -> !l.startsWith("#")).map(Row::parse).toList();
    var natively = new TreeMap<String, Seen>();
    natively().forEach(seen -> natively.put(seen.key(), seen));
    var wrong = new ArrayList<String>();
    var rules = new TreeMap<>(sides.serverRules());
    rules.putAll(sides.clientRules("127.0.0.1"));
    try (var shield = new RealShield(directory, rules)) {
      var end = directory.resolve("end");
      var program =
          shield.python("socket_options.py", TABLE.toAbsolutePath(), sides.port(), end, "shielded");
      program.says("done");
      var seen = program.text().lines().filter(l -> !l.equals("done")).map(Seen::parse).toList();
      assertEquals(4 * rows.size(), seen.size());
      for (var one : seen) {
        var row = rows.stream().filter(r -> r.name().equals(one.name())).findFirst().orElseThrow();
        problem(row, one, natively).ifPresent(wrong::add);
      }
      Files.createFile(end);
      program.succeeds();
    }
    assertEquals(List.of(), wrong);
    checkDocument(rows);
  }

  private List<Seen> natively() throws IOException {
    var end = Files.createTempFile(directory, "end", "");
    var command =
        TwoSides.python("socket_options.py", TABLE.toAbsolutePath(), Ports.unused(), end, "native");
    var process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return text.lines().filter(line -> !line.equals("done")).map(Seen::parse).toList();
  }

  private Optional<String> problem(Row row, Seen seen, Map<String, Seen> natively)
      throws IOException {
    var expected = natively.get(seen.key());
    // The program does not try options natively that are not compared.
    boolean fits =
        switch (row.treatment()) {
          case "carried", "outer" ->
              expected != null
                  && expected.result().equals(seen.result())
                  && (ADJUSTED.contains(seen.key())
                      || outer(row, seen, expected).equals(expected.value()));
          case "inner" -> expected != null && expected.result().equals(seen.result());
          case "pretended" -> seen.result().equals("0");
          default -> seen.result().equals(row.treatment());
        };
    return fits
        ? Optional.empty()
        : Optional.of(
            "%s, natively %s, to the peer %s"
                .formatted(seen, expected, expected == null ? "" : outer(row, seen, expected)));
  }

  /// Returns the value on the shield's socket.
  private String outer(Row row, Seen seen, Seen natively) throws IOException {
    boolean client = seen.position().equals("before") || seen.position().equals("after");
    int local = client ? seen.clientPort() : sides.port();
    int peer = client ? sides.port() : seen.clientPort();
    for (var number : Objects.requireNonNull(new File("/proc/self/fd").list())) {
      try {
        var fd = new Fd(Integer.parseInt(number));
        if (Sockets.getsockname(fd) instanceof Inet here
            && here.port() == local
            && Sockets.getpeername(fd) instanceof Inet there
            && there.port() == peer) {
          boolean text = natively.value().equals("none") || row.name().equals("SO_BINDTODEVICE");
          int room = text ? 16 : natively.value().length() / 2;
          var value = Sockets.option(fd, row.level(), row.number(), room);
          return value.length == 0 ? "none" : HexFormat.of().formatHex(value);
        }
      } catch (ErrnoException e) {
        // Another kind of descriptor.
      }
    }
    return "no socket";
  }

  private static void checkDocument(List<Row> rows) throws IOException {
    var text = new StringBuilder(BEFORE);
    for (var row : rows) {
      boolean refused = row.treatment().startsWith("E");
      var treatment = refused ? "`" + row.treatment() + "`" : row.treatment();
      text.append("| `%s` | %s | %s |\n".formatted(row.name(), treatment, row.remarks()));
    }
    text.append(AFTER);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCUMENT, text);
    }
    assertEquals(text.toString(), Files.readString(DOCUMENT));
  }
}
