package dev.testudo.cas;

import dev.testudo.cas.store.Restoration;
import dev.testudo.cas.store.backup.BackupException;
import dev.testudo.cas.store.backup.BackupManifest;
import dev.testudo.trust.files.OwnedException;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The command `testudo cas restore`: puts a backup into a new state directory, if all of it is
/// as CAS wrote it.
final class RestoreCommand {
  static final String COMMAND = "restore";

  private static final String USAGE_LINES =
      """
      Usage: testudo cas restore --from FILE --state DIR [--key HASH]
                                 [--key-file FILE | --passphrase-file FILE |
                                 --key-credential NAME]
      """;

  private static final String HELP =
      USAGE_LINES
          + """
          Puts a backup into a new state directory, and prints what was restored as JSON.
          Before that it checks all of the backup: the signature of the CAS, every row,
          every line of the audit log. If anything is wrong, it writes nothing.
          The audit log records the restoration. A CAS with an anchor then starts only
          with --accept-audit-log.
            --from FILE          The backup.
            --state DIR          The state directory; created if it does not exist. It
                                   must be empty, except for `seal.key`.
            --key HASH           The hash of the key that the CAS must have.
            --key-file FILE, --passphrase-file FILE, --key-credential NAME
                                 The master key, as for `serve` (default: seal.key in DIR,
                                   which you put there before).
            -h, --help           Prints this help.

          Exit codes: 0 done, 1 DIR is not empty, 2 usage, 3 the backup cannot be read,
          the master key is missing or DIR cannot be written, 4 the backup is damaged or
          that of another CAS, or the master key is not the one of the backup.
          """;

  private static final StateCommand SELF = new StateCommand(COMMAND, USAGE_LINES, HELP);

  private final ServerOptions.State state;
  private final Path backup;
  private final Optional<KeyHash> cas;

  private RestoreCommand(ServerOptions.State state, Path backup, Optional<KeyHash> cas) {
    this.state = state;
    this.backup = backup;
    this.cas = cas;
  }

  /// Runs the command.
  ///
  /// @param args the arguments, `restore` first
  /// @param environment the environment of the process
  /// @return the exit code
  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    return SELF.run(args, out, err, words -> parse(words, environment).run(out, err));
  }

  private static RestoreCommand parse(List<String> args, Map<String, String> environment)
      throws Usage.Unusable {
    var backup = new ValueOption<>("--from", "a file", StateArguments::path);
    var cas = new ValueOption<>("--key", "the hash of a key", KeyHash::parse);
    var state =
        StateArguments.read(
            args,
            environment,
            (option, rest) -> backup.take(option, rest) || cas.take(option, rest));
    if (state.database().isPresent()) {
      throw new Usage.Unusable(Usage.Misuse.CONTRADICTION, BackupCommand.ON_POSTGRESQL);
    }
    if (state.anchor().isPresent()) {
      throw new Usage.Unusable(
          Usage.Misuse.CONTRADICTION,
          "`--anchor` is for `serve`, together with `--accept-audit-log`");
    }
    return new RestoreCommand(state, backup.required(), cas.value());
  }

  private int run(PrintStream out, PrintStream err) throws IOException {
    try {
      // The store is checked beside the state directory, where the master key is.
      var options = StateParts.store(state, _ -> StateParts.key(state).of(state.directory()));
      tell(Restoration.restore(backup, cas, state.directory(), options), out, err);
      return StateCommand.DONE;
    } catch (Restoration.NotEmptyException e) {
      return failed(e, StateCommand.INPUT_WRONG, err);
    } catch (OwnedException e) {
      var isOther = e.reason() == OwnedException.Reason.OTHER_CONTENT;
      var code = isOther ? StateCommand.INPUT_WRONG : StateCommand.ENVIRONMENT_FAILED;
      return failed(e, code, err);
    } catch (BackupException e) {
      return failed(e, StateCommand.REFUSED, err);
    }
  }

  private static int failed(IOException e, int code, PrintStream err) {
    SELF.tell(String.valueOf(e.getMessage()), err);
    return code;
  }

  private static void tell(BackupManifest manifest, PrintStream out, PrintStream err) {
    var line =
        new JsonBuilder()
            .put("key_hash", manifest.cas().text())
            .put("head", manifest.head())
            .put("at", manifest.at().toString());
    out.println(Json.writeText(line.build()));
    out.flush();
    SELF.tell(
        "everything since %s is lost; revoke the join tokens that were used since"
            .formatted(manifest.at()),
        err);
  }
}
