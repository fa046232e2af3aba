package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Libraries that many services use, at both ends of a connection.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FrameworksPrivilegedTest {
  private static final int CONNECTIONS = 40;
  private static final int BYTES = 300_000;

  @Runs(
      program = "gRPC (Python, its C core)",
      what =
          "one HTTP/2 connection: 40 calls at once, 10 MB streamed to the client, to the server and"
              + " both ways, an error and a deadline; the server sees the client's true address")
  @ParameterizedTest
  @EnumSource
  void grpc(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var talk = Sources.script("talk_grpc.py");
      var server = story.program().serving(port);
      server.starts("/usr/bin/python3", talk, "serve", port).says("serving");
      var said = story.program().reaching(port).runs("/usr/bin/python3", talk, "call", port);
      assertEquals("called 40 times and streamed 100 messages each way", said.strip());
      story.carried(4 * 10_000_000);
    }
  }

  @Runs(
      program = "Netty, NIO",
      what = "channels that stop reading while their peer does not read; half-closes")
  @ParameterizedTest
  @EnumSource
  void nettyOverNio(Treatment treatment) throws Exception {
    talk(treatment, "nio");
  }

  @Runs(
      program = "Netty, its native transport",
      what = "the same over Netty's own edge-triggered epoll")
  @ParameterizedTest
  @EnumSource
  void nettyOverEpoll(Treatment treatment) throws Exception {
    talk(treatment, "epoll");
  }

  private static void talk(Treatment treatment, String transport) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var server = story.program().serving(port);
      server.starts(netty("serve", transport, port, CONNECTIONS)).listensAt(port);
      var client = story.program().reaching(port);
      var said = client.runs(netty("call", transport, port, CONNECTIONS, BYTES));
      assertTrue(said.contains("carried %d x %d".formatted(CONNECTIONS, BYTES)), said);
      assertTrue(server.ends().contains("served " + CONNECTIONS), server.text());
      story.carried(2L * CONNECTIONS * BYTES);
    }
  }

  private static Object[] netty(Object... arguments) {
    var command = new ArrayList<Object>(Sources.java("NettyTalk.java", "netty"));
    command.addAll(List.of(arguments));
    return command.toArray();
  }
}
