package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Stream;

/// Commands of Redis servers, which keep nothing on disk.
final class Redis {
  private Redis() {}

  /// Returns a server at 127.0.0.1 that writes into the story's directory.
  static Object[] server(Story story, int port, Object... more) {
    var start =
        new Object[] {
          "redis-server",
          "--port",
          port,
          "--bind",
          "127.0.0.1",
          "--save",
          "",
          "--dir",
          story.folder(),
          "--dbfilename",
          port + ".rdb",
          "--repl-diskless-sync-delay",
          0
        };
    return Stream.of(start, more).flatMap(Arrays::stream).toArray();
  }

  /// Returns a sentinel that watches the master at port `master`. Two of them must agree that it
  /// is down.
  static Object[] sentinel(Story story, int port, int master) throws IOException {
    var configuration =
        """
        port %d
        bind 127.0.0.1
        dir %s
        sentinel monitor story 127.0.0.1 %d 2
        sentinel down-after-milliseconds story 3000
        sentinel failover-timeout story 20000
        """
            .formatted(port, story.folder(), master);
    var file = Files.writeString(story.folder().resolve(port + ".conf"), configuration);
    return new Object[] {"redis-server", file, "--sentinel"};
  }
}
