package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Connections that outlive and are shared by the processes that made them, and how they end.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SharingPrivilegedTest {
  @Runs(
      program = "C: fork after connect",
      what =
          "parent and child take turns on one connection, then both write and read 1 MB on it at"
              + " once")
  @ParameterizedTest
  @EnumSource
  void parentAndChildUseOneConnection(Treatment treatment) throws Exception {
    share(treatment, "fork");
  }

  @Runs(
      program = "C: execve while connected",
      what = "one image sends, the next reads and continues")
  @ParameterizedTest
  @EnumSource
  void anotherImageGoesOn(Treatment treatment) throws Exception {
    share(treatment, "exec");
  }

  @Runs(
      program = "C: SCM_RIGHTS between own processes",
      what = "a process uses the connection another made, and sees its true peer and no error")
  @ParameterizedTest
  @EnumSource
  void aConnectionIsPassedOn(Treatment treatment) throws Exception {
    share(treatment, "pass");
  }

  private static void share(Treatment treatment, String how) throws Exception {
    var family = Sources.c("family.c");
    try (var story = new Story(treatment)) {
      int port = story.port();
      var server = story.program().serving(port);
      server.starts(Sources.c("echo_forking.c"), port, 1).listensAt(port);
      assertEquals("shared", story.program().reaching(port).runs(family, how, port).strip());
      server.ends();
      story.carried(40);
    }
  }

  @Runs(
      program = "C: fork after accept",
      what = "parent and child of a server both talk on an accepted connection")
  @ParameterizedTest
  @EnumSource
  void parentAndChildServeOneConnection(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var server = story.program().serving(port);
      server.starts(Sources.c("family.c"), "serve", port).listensAt(port);
      var heard =
          story
              .program()
              .reaching(port)
              .runs(
                  "sh",
                  "-c",
                  "(printf child?; sleep 0.1; printf rest) | socat -t 30 - TCP:127.0.0.1:" + port);
      assertEquals("parent\nchild\nrest", heard);
      server.ends();
      story.carried(20);
    }
  }

  @Runs(
      program = "socat: half-close",
      what = "the server answers with the checksum of 50 MB after the client has shut its side")
  @ParameterizedTest
  @EnumSource
  void theAnswerComesAfterTheHalfClose(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var file = Content.random(story.folder().resolve("file"), 50_000_000);
      var listen = "TCP4-LISTEN:%d,bind=127.0.0.1,reuseaddr".formatted(port);
      // When it accepts, socat communicates with itself over a pair of Unix datagram sockets.
      var server = story.program().serving(port).rule("UNSUPPORTED_PROTOCOLS", "unprotected");
      server.starts("socat", "-t", 60, listen, "SYSTEM:sha256sum").listensAt(port);
      var send = "socat -t 60 - TCP4:127.0.0.1:%d < %s".formatted(port, file);
      var sum = story.program().reaching(port).runs("sh", "-c", send);
      assertEquals(Content.sha256(file), sum.split(" ", 2)[0]);
      server.ends();
      story.carried(50_000_000);
    }
  }

  @Runs(
      program = "Python: dual-stack listener",
      what =
          "3 MB each from 127.0.0.1, ::1 and ::ffff:127.0.0.1; the server sees each true address")
  @ParameterizedTest
  @EnumSource
  void bothFamiliesReachOneListener(Treatment treatment) throws Exception {
    var said = stacks(treatment, "dual", 3L * 2 * 3_000_000);
    assertEquals("from ::ffff:127.0.0.1\nfrom ::1\nfrom ::ffff:127.0.0.1\nfrom ::1", said.strip());
  }

  @Runs(
      program = "Python: IPv6 listener",
      what = "::1 is reached, 127.0.0.1 is refused, as without a shield")
  @ParameterizedTest
  @EnumSource
  void oneFamilyReachesOneListener(Treatment treatment) throws Exception {
    assertEquals("from ::1\nfrom ::1", stacks(treatment, "only", 2 * 3_000_000).strip());
  }

  private static String stacks(Treatment treatment, String kind, long bytes) throws Exception {
    var program = Sources.script("dual_stack.py");
    try (var story = new Story(treatment)) {
      int port = story.port();
      var server = story.program().serving(port);
      server.starts("/usr/bin/python3", program, "serve", port, kind).listensAt(port);
      story.program().reaching(port).runs("/usr/bin/python3", program, "call", port, kind);
      var said = server.ends();
      story.carried(bytes);
      return said;
    }
  }
}
