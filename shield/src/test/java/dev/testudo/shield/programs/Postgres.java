package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// A PostgreSQL cluster in a story's directory. PostgreSQL does not run as root, so all of it runs
/// as its own user.
final class Postgres {
  private static final List<String> AS_ITS_USER =
      List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--");

  /// Queries whether the sums of pgbench's tables agree, and how many transactions it has made.
  static final String SUMS =
      "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from"
          + " pgbench_history), (select count(*) from pgbench_history)";

  private final Path folder;
  private final int port;

  /// Clients that all connect in the same way.
  ///
  /// @param actor makes one more program that may connect
  /// @param how the options of psql and pgbench for it
  record Client(Supplier<Actor> actor, String how) {
    String shell(String command) throws IOException, InterruptedException {
      return actor.get().runs("sh", "-c", command + " " + how + " postgres");
    }

    /// Runs 8 connections with 20 transactions each.
    void bench() throws IOException, InterruptedException {
      var report = shell("pgbench -n -c 8 -j 2 -t 20");
      if (!report.contains("number of transactions actually processed: 160/160")) {
        throw new AssertionError(report);
      }
    }

    String query(String query) throws IOException, InterruptedException {
      return psql(query, "").strip();
    }

    /// Creates a table from the lines of a file.
    void fill(Path lines) throws IOException, InterruptedException {
      query("create table rows (row text)");
      psql("copy rows from stdin", " < " + lines);
    }

    /// Returns the checksum of the lines in that table.
    String checksum() throws IOException, InterruptedException {
      return psql("copy rows to stdout", " | sha256sum").replaceFirst("\\W.*\\n", "");
    }

    private String psql(String query, String then) throws IOException, InterruptedException {
      var psql = "psql -X -A -t %s -c \"%s\" postgres%s".formatted(how, query, then);
      return actor.get().runs("sh", "-c", psql);
    }
  }

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

  /// Returns the command of the server, which listens at 127.0.0.1 and at [#socket].
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

  String overTcp() {
    return "-h 127.0.0.1 -p %d -U postgres".formatted(port);
  }

  String overUnix() {
    return "-h %s -p %d -U postgres".formatted(folder, port);
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

  /// Returns the newest version of a program. Debian keeps each version in a directory of its own.
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
