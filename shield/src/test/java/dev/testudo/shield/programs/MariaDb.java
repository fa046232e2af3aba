package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A MariaDB database in a story's directory. MariaDB does not run as root, so it runs as nobody.
final class MariaDb {
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--");

  private final Path folder;
  private final int port;

  /// Creates a database with only its own tables.
  MariaDb(Path folder, int port) throws IOException, InterruptedException {
    this(port, folder);
    install();
  }

  private MariaDb(int port, Path folder) {
    this.folder = folder;
    this.port = port;
  }

  /// Returns an empty place for a database that its server gets from another.
  static MariaDb empty(Path folder, int port) throws IOException {
    var database = new MariaDb(port, folder);
    var data = Files.createDirectory(database.data());
    var users = data.getFileSystem().getUserPrincipalLookupService();
    Files.setOwner(data, users.lookupPrincipalByName("nobody"));
    return database;
  }

  private void install() throws IOException, InterruptedException {
    var command =
        command(
            "mariadb-install-db",
            "--no-defaults",
            "--datadir=" + data(),
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-log-file-size=8M");
    var log = folder.resolve("install.log").toFile();
    var builder = new ProcessBuilder(command.toList()).redirectErrorStream(true);
    int exit = builder.redirectOutput(log).directory(folder.toFile()).start().waitFor();
    if (exit != 0) {
      throw new AssertionError(Files.readString(log.toPath()));
    }
  }

  /// Returns the command of the server, which listens at 127.0.0.1 and at [#socket].
  Object[] server() {
    return command(
            "/usr/sbin/mariadbd",
            "--no-defaults",
            "--datadir=" + data(),
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--socket=" + socket(),
            "--pid-file=" + folder.resolve("pid"),
            "--local-infile=1",
            "--innodb-log-file-size=8M",
            "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=0")
        .toArray();
  }

  Path socket() {
    return folder.resolve("m.sock");
  }

  /// Returns a shell command for a client that connects by TCP.
  String overTcp() {
    return "mariadb --no-defaults -u root -N -B --local-infile=1 --protocol=TCP -h 127.0.0.1 -P "
        + port;
  }

  /// Returns a shell command for a client that connects to [#socket].
  String overUnix() {
    return "mariadb --no-defaults -u root -N -B --local-infile=1 -S " + socket();
  }

  private Path data() {
    return folder.resolve("database");
  }

  private static Stream<String> command(String... words) {
    return Stream.concat(AS_NOBODY.stream(), Stream.of(words));
  }
}
