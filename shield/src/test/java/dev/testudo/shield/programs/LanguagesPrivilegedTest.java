package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runtimes with their own socket layers talk to themselves. One program echoes. The other sends on
/// many connections at once, half-closes, and compares the checksum of the echo.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LanguagesPrivilegedTest {
  private static final int CONNECTIONS = 60;
  private static final int BYTES = 300_000;

  @Runs(
      program = "C, static and dynamic: a pre-forking server, select(2)",
      what =
          "four processes accept from one inherited listener; the client holds 60 connections in"
              + " one select(2)")
  @ParameterizedTest
  @EnumSource
  void aPreForkingServer(Treatment treatment) throws Exception {
    talk(
        treatment,
        List.of(Sources.c("echo_forking.c", "-static")),
        List.of(Sources.c("echo_select.c"), "call"));
  }

  @Runs(
      program = "C: select(2) with many descriptors",
      what =
          "150 connections with the highest descriptors an fd_set can hold, all open at once on each"
              + " side, then 100 KB each way on each")
  @ParameterizedTest
  @EnumSource
  void selectWithManyDescriptors(Treatment treatment) throws Exception {
    var select = Sources.c("echo_select.c");
    talk(treatment, List.of(select, "serve"), List.of(select, "call"), 150, 100_000);
  }

  @Runs(
      program = "Go",
      what =
          "100 connections with two goroutines each, and one goroutine that never yields, so the"
              + " runtime preempts by SIGURG")
  @ParameterizedTest
  @EnumSource
  void goroutines(Treatment treatment) throws Exception {
    var go = Sources.go("talk.go");
    talk(treatment, List.of(go, "serve"), List.of(go, "call"), 100, 150_000);
  }

  @Runs(
      program = "Python, threads",
      what = "`socketserver.ThreadingTCPServer`; a thread per direction; `sendfile`")
  @ParameterizedTest
  @EnumSource
  void pythonThreads(Treatment treatment) throws Exception {
    var threads = List.of("/usr/bin/python3", Sources.script("talk_threads.py"));
    talk(treatment, and(threads, "serve"), and(threads, "call"));
  }

  @Runs(program = "Python, asyncio", what = "streams with `drain`, `write_eof` and `wait_closed`")
  @ParameterizedTest
  @EnumSource
  void pythonAsyncio(Treatment treatment) throws Exception {
    var asyncio = List.of("/usr/bin/python3", Sources.script("talk_asyncio.py"));
    talk(treatment, and(asyncio, "serve"), and(asyncio, "call"));
  }

  @Runs(program = "Node.js, net", what = "piped sockets with half-open ends")
  @ParameterizedTest
  @EnumSource
  void node(Treatment treatment) throws Exception {
    var node = List.of("/usr/bin/node", Sources.script("talk.js"));
    talk(treatment, and(node, "serve"), and(node, "call"));
  }

  @Runs(
      program = "Node.js, cluster (round robin)",
      what = "the primary accepts and passes each connection to a worker by SCM_RIGHTS")
  @ParameterizedTest
  @EnumSource
  void nodeClusterThatHandsOut(Treatment treatment) throws Exception {
    var node = List.of("/usr/bin/node", Sources.script("talk.js"));
    talk(treatment, and(node, "cluster", "rr"), and(node, "call"));
  }

  @Runs(
      program = "Node.js, cluster (shared handle)",
      what = "the primary passes its listener to the workers, which accept themselves")
  @ParameterizedTest
  @EnumSource
  void nodeClusterThatShares(Treatment treatment) throws Exception {
    var node = List.of("/usr/bin/node", Sources.script("talk.js"));
    talk(treatment, and(node, "cluster", "none"), and(node, "call"));
  }

  @Runs(
      program = "Java, NIO",
      what = "one selector, non-blocking channels, non-blocking connects (`OP_CONNECT`)")
  @ParameterizedTest
  @EnumSource
  void javaNio(Treatment treatment) throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var nio =
        List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", Sources.script("Talk.java"));
    talk(treatment, and(nio, "serve"), and(nio, "call"));
  }

  private static List<String> and(List<String> command, String... more) {
    return java.util.stream.Stream.concat(command.stream(), Arrays.stream(more)).toList();
  }

  private static void talk(Treatment treatment, List<String> serving, List<String> calling)
      throws Exception {
    talk(treatment, serving, calling, CONNECTIONS, BYTES);
  }

  /// Runs a server and a client. The server gets its port and the number of connections, the client
  /// also the number of bytes per connection.
  private static void talk(
      Treatment treatment, List<String> serving, List<String> calling, int connections, int bytes)
      throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var numbers = new String[] {"" + port, "" + connections, "" + bytes};
      var server =
          story
              .program()
              .serving(port)
              .starts(and(serving, numbers[0], numbers[1]).toArray())
              .listensAt(port);
      if (serving.contains("cluster")) {
        // Only workers that are listening by then get a share.
        server.says("all workers listen");
      }
      var said = story.program().reaching(port).runs(and(calling, numbers).toArray());
      assertTrue(said.contains("carried " + connections + " x " + bytes), said);
      assertTrue(server.ends().contains("served " + connections), server.text());
      story.carried(2L * connections * bytes);
    }
  }
}
