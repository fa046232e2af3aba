package dev.testudo.cas;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.backup.BackupFile;
import dev.testudo.cas.store.backup.BackupManifest;
import dev.testudo.cas.store.backup.BackupRequests;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/// The command `testudo cas backup`: writes the store of a CAS, running or not, to a file.
final class BackupCommand {
  static final String COMMAND = "backup";

  /// What to do instead if the store is not in the state directory.
  static final String ON_POSTGRESQL =
      "the store of this CAS is in PostgreSQL; use the tools of PostgreSQL, such as pg_dump";

  private static final String USAGE_LINES =
      """
      Usage: testudo cas backup --state DIR --to FILE
                                [--key-file FILE | --passphrase-file FILE |
                                --key-credential NAME]
                                [--anchor FILE | --anchor https://HOST:PORT
                                --anchor-key HASH]
      """;

  private static final String HELP =
      USAGE_LINES
          + """
          Writes a backup of a CAS to a new file with mode 0600, and prints what is in it
          as JSON. Run it as the user of the CAS. A running CAS continues to serve; it
          makes the backup itself, and the options for a stopped CAS are not used.
          The backup contains the database with the audit log, signed by the CAS. It does
          not contain the master key, without which nobody can read it. Keep the key
          elsewhere.
            --state DIR          The state directory.
            --to FILE            The file to write.
            --key-file FILE, --passphrase-file FILE, --key-credential NAME
                                 The master key, as for `serve`; for a stopped CAS.
            --anchor FILE, --anchor https://HOST:PORT --anchor-key HASH
                                 The anchor, as for `serve`; for a stopped CAS.
            -h, --help           Prints this help.

          Exit codes: 0 done, 1 FILE exists, or DIR has no store, 2 usage, 3 the backup
          cannot be made, 4 the state is not as the CAS left it.
          """;

  private static final StateCommand SELF = new StateCommand(COMMAND, USAGE_LINES, HELP);

  private final ServerOptions.State state;
  private final Path target;

  private BackupCommand(ServerOptions.State state, Path target) {
    this.state = state;
    this.target = target;
  }

  /// Runs the command.
  ///
  /// @param args the arguments, `backup` first
  /// @param environment the environment of the process
  /// @return the exit code
  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    return SELF.run(args, out, err, words -> parse(words, environment).run(out, err));
  }

  private static BackupCommand parse(List<String> args, Map<String, String> environment)
      throws Usage.Unusable {
    var target = new ValueOption<>("--to", "a file", StateArguments::path);
    var state = StateArguments.read(args, environment, target::take);
    return new BackupCommand(state, target.required());
  }

  private int run(PrintStream out, PrintStream err) throws IOException {
    var problem = problem();
    if (!problem.isEmpty()) {
      SELF.tell(problem, err);
      return StateCommand.INPUT_WRONG;
    }
    var manifest = write();
    var line =
        new JsonBuilder()
            .put("file", target.toString())
            .put("key_hash", manifest.cas().text())
            .put("head", manifest.head())
            .put("size", manifest.size())
            .put("sha256", manifest.sha256());
    out.println(Json.writeText(line.build()));
    out.flush();
    var key = state.directory().resolve(KeyFile.NAME);
    if (Files.exists(key)) {
      SELF.tell(
          "the backup does not contain the master key; keep a copy of `%s` elsewhere"
              .formatted(key),
          err);
    }
    return StateCommand.DONE;
  }

  /// Returns what is wrong with the arguments; empty if nothing is.
  private String problem() {
    if (state.database().isPresent() || Files.exists(state.directory().resolve("replica"))) {
      return ON_POSTGRESQL;
    }
    if (!StateVerification.isState(state)) {
      return "`%s` is not the state directory of a CAS".formatted(state.directory());
    }
    return Files.exists(target, LinkOption.NOFOLLOW_LINKS)
        ? "`%s` exists already".formatted(target)
        : "";
  }

  private BackupManifest write() throws IOException {
    StateDirectory directory;
    try {
      directory = StateDirectory.open(state.directory());
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.IN_USE) {
        throw e;
      }
      return ofRunning();
    }
    try (directory) {
      return ofStopped(directory);
    }
  }

  private BackupManifest ofRunning() throws IOException {
    try {
      return new BackupRequests(state.directory())
          .ask(
              new SecureRandom(),
              (manifest, database) -> BackupFile.write(target, manifest, database));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private BackupManifest ofStopped(StateDirectory directory) throws IOException {
    var database = directory.path().resolve("backup.db");
    try (var store = Store.open(directory, StateParts.store(state), new Health())) {
      Files.deleteIfExists(database);
      return BackupFile.write(target, store.copyTo(database), database);
    } finally {
      Files.deleteIfExists(database);
    }
  }
}
