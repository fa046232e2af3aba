package dev.testudo.cas.store.postgresql;

import static java.util.Objects.requireNonNull;

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
    var cluster = prepare();
    cluster.create();
    cluster.up();
    return cluster;
  }

  private static PostgresCluster prepare() throws IOException {
    var folder = Files.createTempDirectory("testudo-postgresql");
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new PostgresCluster(folder, free.getLocalPort());
    }
  }

  /// Starts a standby of this cluster, which follows it until one of the two is down.
  public PostgresCluster standby() throws IOException {
    var standby = prepare();
    if (Owned.user() == 0) {
      run(List.of("chown", "postgres", standby.folder.toString()));
    }
    var from = "host=127.0.0.1 port=%d user=cas password='%s'".formatted(port, PASSWORD);
    run(
        command(
            "pg_basebackup",
            "-d",
            from,
            "-D",
            standby.folder.resolve("data").toString(),
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync"));
    standby.up();
    return standby;
  }

  /// Makes each commit wait for the standby.
  public void synchronous() throws SQLException, InterruptedException {
    try (var connection = connect("public");
        var statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
      statement.execute("SELECT pg_reload_conf()");
      Eventually.holds(
          () -> {
            try (var row =
                statement.executeQuery(
                    "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")) {
              return row.next() && row.getInt(1) == 1;
            } catch (SQLException e) {
              return false;
            }
          },
          () -> "the standby does not follow");
    }
  }

  /// Makes the standby the primary.
  public void promote() throws SQLException {
    try (var connection = connect("public");
        var statement = connection.createStatement()) {
      statement.execute("SELECT pg_promote(true, 60)");
    }
  }

  /// Returns a URL for `database` that also names a standby.
  public static PostgresUrl either(PostgresUrl database, PostgresCluster standby) {
    var hosts =
        database.url().replaceFirst("/postgres", ",127.0.0.1:" + standby.port + "/postgres");
    return new PostgresUrl(hosts + "&targetServerType=primary", database.password());
  }

  /// Keeps every process of the server from running until [#resume()].
  public void pause() throws IOException {
    signal("-STOP");
  }

  /// Ends [#pause()].
  public void resume() throws IOException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException {
    var handle = requireNonNull(server).toHandle();
    var command = new ArrayList<>(List.of("kill", signal, "" + handle.pid()));
    handle.descendants().forEach(process -> command.add("" + process.pid()));
    run(command);
  }

  /// Keeps the tables that are created from now on in `directory`, which is empty.
  public void keepTablesIn(Path directory) throws IOException, SQLException {
    if (Owned.user() == 0) {
      run(List.of("chown", "postgres", directory.toString()));
    }
    try (var connection = connect("public");
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLESPACE small LOCATION '%s'".formatted(directory));
      statement.execute("ALTER ROLE cas SET default_tablespace = small");
    }
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
    return new PostgresUrl(url(name), Optional.of(new PostgresUrl.PasswordFile(password(), false)));
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
