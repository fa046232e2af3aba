package dev.testudo.cas.store.postgresql;

import dev.testudo.cas.Eventually;
import dev.testudo.cas.store.database.Dialect;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server of Debian's package on a loopback port, with a cluster of its own. It runs
/// without fsync, which only a crash of the machine would notice.
public final class PostgresCluster implements AutoCloseable {
  private static final String PASSWORD = "only for tests";
  private static final AtomicInteger SCHEMAS = new AtomicInteger();
  private static @Nullable PostgresCluster shared;

  private final Path folder;
  private final int port;
  private @Nullable Process server;

  private PostgresCluster(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /// Returns the cluster that all tests share, each with a schema of its own.
  public static synchronized PostgresCluster shared() throws IOException {
    var cluster = shared;
    if (cluster == null) {
      cluster = start();
      shared = cluster;
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
    }
    return cluster;
  }

  /// Starts a cluster for one test.
  public static PostgresCluster start() throws IOException {
    var folder = Files.createTempDirectory("testudo-postgresql");
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var cluster = new PostgresCluster(folder, port);
    cluster.create();
    cluster.up();
    return cluster;
  }

  private void create() throws IOException {
    Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    Files.setPosixFilePermissions(
        folder.resolve("password"), PosixFilePermissions.fromString("rw-------"));
    Files.copy(folder.resolve("password"), folder.resolve("for-initdb"));
    if (Owned.user() == 0) {
      run(List.of("chown", "postgres", folder.toString(), folder.resolve("for-initdb").toString()));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    run(
        command(
            "initdb",
            "-D",
            folder.resolve("data").toString(),
            "--no-sync",
            "--auth=scram-sha-256",
            "--username=cas",
            "--pwfile=" + folder.resolve("for-initdb"),
            "--encoding=UTF8",
            "--locale=C.UTF-8"));
  }

  /// Starts the server and waits until it answers.
  public void up() throws IOException {
    var log = folder.resolveSibling(folder.getFileName() + ".log").toFile();
    server =
        new ProcessBuilder(
                command(
                    "postgres",
                    "-D",
                    folder.resolve("data").toString(),
                    "-p",
                    "" + port,
                    "-h",
                    "127.0.0.1",
                    "-k",
                    "",
                    "-F",
                    "-c",
                    "shared_buffers=16MB"))
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    try {
      Eventually.holds(this::answers, () -> "PostgreSQL does not start; see " + log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean answers() {
    try (var connection = connect("public")) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /// Stops the server and cuts its connections.
  public void down() {
    var running = server;
    if (running != null) {
      // SIGINT is a fast shutdown; `postgres` runs as a child of setpriv, which it replaces.
      try {
        run(List.of("kill", "-INT", "" + running.pid()));
        if (!running.waitFor(60, TimeUnit.SECONDS)) {
          throw new AssertionError("PostgreSQL does not stop");
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        running.destroyForcibly();
        server = null;
      }
    }
  }

  /// Creates an empty schema and returns the URL of the database with it.
  public PostgresUrl schema() throws IOException {
    var name = "s" + SCHEMAS.incrementAndGet();
    try (var connection = connect("public");
        var statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + name);
    } catch (SQLException e) {
      throw new IOException(e);
    }
    return new PostgresUrl(url(name), Optional.of(password()));
  }

  /// Returns a dialect with an empty schema.
  public Dialect dialect() throws IOException {
    return PostgresDatabase.at(schema());
  }

  public Path password() {
    return folder.resolve("password");
  }

  private String url(String schema) {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?user=cas&currentSchema=%s"
        .formatted(port, schema);
  }

  private Connection connect(String schema) throws SQLException {
    return DriverManager.getConnection(withPassword(url(schema)));
  }

  /// Returns a URL that contains the password.
  public static String withPassword(PostgresUrl url) {
    return withPassword(url.url());
  }

  private static String withPassword(String url) {
    return url + "&password=" + PASSWORD.replace(" ", "%20");
  }

  /// Runs statements in the schema of `url`, as somebody who can change the database.
  public static void change(PostgresUrl url, String... statements) throws SQLException {
    try (var connection = DriverManager.getConnection(withPassword(url));
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Override
  public void close() {
    down();
    try {
      run(List.of("rm", "-rf", folder.toString(), folder + ".log"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void run(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var reader = process.inputReader()) {
      var said = String.join("\n", reader.readAllLines());
      if (process.waitFor() != 0) {
        throw new AssertionError(command + ": " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Returns the command of a program of PostgreSQL, which does not run as root.
  private static List<String> command(String program, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    if (Owned.user() == 0) {
      command.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
    }
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
