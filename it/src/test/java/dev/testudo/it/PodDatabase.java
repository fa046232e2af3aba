package dev.testudo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A PostgreSQL server outside of the pods, which they reach with TLS only.
final class PodDatabase implements AutoCloseable {
  static final String PASSWORD = "known-only-to-cas";
  static final String USER = "cas";

  private static final List<String> AS_POSTGRES =
      List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups");

  private final Path folder;
  private final Process process;

  private PodDatabase(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  static PodDatabase start(PodNetwork network) throws IOException, InterruptedException {
    var folder = Files.createTempDirectory("database"); // the server's user reads it
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    succeeded(Command.run("chown", "postgres", folder.toString()));
    Files.writeString(folder.resolve("password"), PASSWORD);
    postgres(
        "initdb",
        "--pgdata=" + folder.resolve("data"),
        "--no-sync",
        "--auth=scram-sha-256",
        "--username=" + USER,
        "--pwfile=" + folder.resolve("password"),
        "--locale=C.UTF-8");
    Files.writeString(
        folder.resolve("data/pg_hba.conf"),
        "hostssl all all 10.98.0.0/16 scram-sha-256\n",
        StandardOpenOption.APPEND);
    makeCertificate(folder);
    var words = new ArrayList<>(AS_POSTGRES);
    words.addAll(List.of(program("postgres"), "-D", folder.resolve("data").toString()));
    words.addAll(List.of("-h", PodNetwork.HOST, "-k", "", "-F", "-c", "ssl=on"));
    words.addAll(List.of("-c", "ssl_cert_file=" + folder.resolve("tls.crt")));
    words.addAll(List.of("-c", "ssl_key_file=" + folder.resolve("tls.key")));
    var database = new PodDatabase(folder, network.open(words.toArray(String[]::new)));
    Patience.until(
        () -> network.run(Map.of(), program("pg_isready"), "-h", PodNetwork.HOST).exit() == 0,
        () -> "PostgreSQL does not start");
    return database;
  }

  /// Makes a certificate for the address of the server, which is its own authority.
  private static void makeCertificate(Path folder) {
    succeeded(
        Command.run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=database",
            "-addext",
            "subjectAltName=IP:" + PodNetwork.HOST,
            "-keyout",
            folder.resolve("tls.key").toString(),
            "-out",
            folder.resolve("tls.crt").toString()));
    succeeded(Command.run("chown", "postgres", folder.resolve("tls.key").toString()));
  }

  /// Returns the certificate by which clients know the server.
  byte[] certificate() throws IOException {
    return Files.readAllBytes(folder.resolve("tls.crt"));
  }

  private static void postgres(String program, String... arguments) throws IOException {
    var words = new ArrayList<>(AS_POSTGRES);
    words.add(program(program));
    words.addAll(List.of(arguments));
    succeeded(Command.run(words.toArray(String[]::new)));
  }

  private static String program(String name) {
    try (var versions = Files.newDirectoryStream(Path.of("/usr/lib/postgresql"))) {
      return versions.iterator().next().resolve("bin").resolve(name).toString();
    } catch (IOException e) {
      throw new AssertionError("PostgreSQL is not installed; `./test` installs it", e);
    }
  }

  private static void succeeded(Command command) {
    if (command.exit() != 0) {
      throw new AssertionError(command.all());
    }
  }

  @Override
  public void close() {
    try {
      Processes.end(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    succeeded(Command.run("rm", "-rf", folder.toString()));
  }
}
