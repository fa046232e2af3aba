package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A cluster of PostgreSQL in a story's folder. PostgreSQL does not run as root, so everything of
/// it runs as its own user.
final class Postgres {
  private static final List<String> AS_ITS_USER =
      List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--");

  private final Path folder;
  private final int port;

  Postgres(Path folder, int port) throws IOException, InterruptedException {
    this.folder = folder;
    this.port = port;
    Story.open(Files.createDirectory(folder.resolve("cluster")));
    var make = command("initdb", "-D", data(), "--no-sync", "-A", "trust", "-U", "postgres");
    var log = folder.resolve("initdb.log").toFile();
    var builder = new ProcessBuilder(make).redirectErrorStream(true).redirectOutput(log);
    int exit = builder.directory(folder.toFile()).start().waitFor();
    if (exit != 0) {
      throw new AssertionError(Files.readString(log.toPath()));
    }
  }

  /// The command of the server, which listens at 127.0.0.1 and at [#socket].
  Object[] server() throws IOException {
    var options =
        List.of(
            "-D",
            data(),
            "-p",
            "" + port,
            "-h",
            "127.0.0.1",
            "-k",
            folder.toString(),
            "-F",
            "-c",
            "shared_buffers=16MB");
    return command("postgres", options.toArray(String[]::new)).toArray();
  }

  Path socket() {
    return folder.resolve(".s.PGSQL." + port);
  }

  private String data() {
    return folder.resolve("cluster/data").toString();
  }

  private static List<String> command(String program, String... arguments) throws IOException {
    var command = new ArrayList<>(AS_ITS_USER);
    command.add(newest(program));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /// Debian keeps the programs of each version in a folder of their own.
  private static String newest(String program) throws IOException {
    try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(version -> version.resolve("bin").resolve(program))
          .filter(Files::isExecutable)
          .max(Path::compareTo)
          .orElseThrow()
          .toString();
    }
  }
}
