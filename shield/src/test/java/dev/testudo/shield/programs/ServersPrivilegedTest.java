package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Popular servers, unmodified, with their own clients.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ServersPrivilegedTest {
  @Runs(
      program = "Redis",
      what =
          "redis-benchmark with 50 connections and pipelines of 16; a 30 MB value in and out; a"
              + " replica, both server and client, that copies it")
  @ParameterizedTest
  @EnumSource
  void redisWithAReplica(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      int copyPort = story.port();
      var file = Content.random(story.folder().resolve("value"), 30_000_000);
      story
          .program()
          .serving(port)
          .starts(Redis.server(story, port))
          .says("Ready to accept connections");
      var said =
          story
              .program()
              .reaching(port)
              .runs("sh", "-c", "redis-cli -p %d -x set big < %s".formatted(port, file));
      assertEquals("OK", said.strip());
      var copy = story.program().serving(copyPort).reaching(port);
      copy.starts(Redis.server(story, copyPort, "--replicaof", "127.0.0.1", port));
      var rates =
          story
              .program()
              .reaching(port)
              .runs(
                  "redis-benchmark",
                  "-h",
                  "127.0.0.1",
                  "-p",
                  port,
                  "-t",
                  "set,get,lpush",
                  "-n",
                  20_000,
                  "-c",
                  50,
                  "-P",
                  16,
                  "-q");
      assertTrue(rates.contains("LPUSH: "), rates);
      copy.says("MASTER <-> REPLICA sync: Finished with success");
      // `redis-cli` prints a line feed of its own at the end.
      var get = "redis-cli -p %d get big | head -c 30000000 | sha256sum".formatted(copyPort);
      var sum = story.program().reaching(copyPort).runs("sh", "-c", get);
      assertEquals(Content.sha256(file), sum.split(" ", 2)[0]);
      story.carriedSoFar(60_000_000);
    }
  }

  @Runs(
      program = "nginx, curl, wrk",
      what =
          "three workers with `reuseport` and edge-triggered epoll; curl fetches and uploads 20 MB,"
              + " directly and through a second nginx that proxies with keep-alive; wrk with 32"
              + " connections")
  @ParameterizedTest
  @EnumSource
  void nginxBehindNginx(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      int front = story.port();
      var nginx = new Nginx(story.folder());
      var file = Content.random(story.folder().resolve("site/large"), 20_000_000);
      Files.writeString(story.folder().resolve("site/small"), "small\n");
      story.program().serving(port).starts(nginx.server(port)).listensAt(port);
      var proxy = story.program().serving(front).reaching(port);
      proxy.starts(nginx.proxy(front, port)).listensAt(front);
      for (int way : new int[] {port, front}) {
        var url = "http://127.0.0.1:" + way;
        var curl = "curl -sSf %s/large | sha256sum".formatted(url);
        var sum = story.program().reaching(way).runs("sh", "-c", curl);
        assertEquals(Content.sha256(file), sum.split(" ", 2)[0]);
        var sent = Content.random(story.folder().resolve("sent"), 20_000_000);
        story.program().reaching(way).runs("curl", "-sSf", "-T", sent, url + "/stored/" + way);
        assertEquals(
            Content.sha256(sent),
            Content.sha256(story.folder().resolve("site/stored/" + way)),
            "the upload by way of " + way);
      }
      story.carriedSoFar(80_000_000);
      var wrk = story.program().reaching(front);
      var report =
          wrk.runs(
              "wrk",
              "-t2",
              "-c32",
              "-d2s",
              "--timeout",
              "100s",
              "http://127.0.0.1:" + front + "/small");
      assertTrue(report.matches("(?s).*\\D[1-9]\\d* requests in .*"), report);
      assertFalse(report.contains("Socket errors") || report.contains("Non-2xx"), report);
    }
  }

  @Runs(
      program = "memcached",
      what =
          "four threads; 30 connections that pipeline 100 values and one of 900 KB each way; the"
              + " protocol test of libmemcached (`memccapable`)")
  @ParameterizedTest
  @EnumSource
  void memcached(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      story
          .program()
          .serving(port)
          .starts("memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", port, "-U", 0, "-m", 256)
          .listensAt(port);
      var load = Sources.script("memcached_load.py");
      var said = story.program().reaching(port).runs("/usr/bin/python3", load, port, 30);
      assertEquals("stored and read on 30 connections", said.strip());
      if (treatment == Treatment.PROTECTED) {
        checkProtocol(story, port);
      }
      story.carriedSoFar(2L * 30 * 1_100_000);
    }
  }

  private static void checkProtocol(Story story, int port) throws Exception {
    var check = "memccapable -h 127.0.0.1 -p %d -a -t 20 2>&1".formatted(port);
    var verdict = story.program().reaching(port).runs("sh", "-c", check);
    assertFalse(verdict.contains("[FAIL]"), verdict);
    assertTrue(verdict.contains("All tests passed"), verdict);
  }
}
