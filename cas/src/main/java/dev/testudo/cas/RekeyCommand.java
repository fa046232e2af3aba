package dev.testudo.cas;

import dev.testudo.cas.ServerOptions.KeyOption;
import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The command `testudo cas rekey`: changes the master key of a CAS that does not run.
final class RekeyCommand {
  static final String COMMAND = "rekey";

  private static final String USAGE_LINES =
      """
      Usage: testudo cas rekey --state DIR
                               (--new-key-file FILE | --new-passphrase-file FILE |
                               --new-key-credential NAME)
                               [--key-file FILE | --passphrase-file FILE |
                               --key-credential NAME]
                               [--store URL] [--store-password-file FILE |
                               --store-password-credential NAME]
                               [--anchor FILE | --anchor https://HOST:PORT
                               --anchor-key HASH] [--json]
      """;

  private static final String HELP =
      USAGE_LINES
          + """
          Changes the master key of a CAS that does not run.
          Checks the whole state first, with the old key. The secrets are not encrypted
          again: the master key protects the key that seals them. A copy of the state
          that was made before still opens with the old key, so destroy such copies if
          the old key is no longer secret.
            --state DIR          The state directory.
            --new-key-file FILE  The new key: a file of 32 random bytes, mode 0600.
            --new-passphrase-file FILE
                                 A passphrase in the first line of FILE, mode 0600, or
                                   of a descriptor, as /dev/fd/3.
            --new-key-credential NAME
                                 A key in a credential of the systemd unit.
            --json               Prints JSON: the state directory, and the deleted file.
            OTHER OPTIONS        As those of `serve`; those for the key name the old one.
                                   The default is seal.key in DIR, which the command
                                   deletes afterwards.
            -h, --help           Prints this help.

          Exit codes: 0 done, 1 DIR has no state, or the new key is the old one, 2 usage,
          3 the state or a key cannot be used, 4 the old key is another one, or the state
          is not as the CAS left it. In all but 0, the old key stays.
          """;

  private static final StateCommand SELF = new StateCommand(COMMAND, USAGE_LINES, HELP);

  private RekeyCommand() {}

  private record Order(ServerOptions.State state, KeyOption next, boolean asJson) {}

  /// Runs the command.
  ///
  /// @param args the arguments, `rekey` first
  /// @param environment the environment of the process
  /// @return the exit code
  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    return SELF.run(args, out, err, words -> rekey(parse(words, environment), out, err));
  }

  private static Order parse(List<String> args, Map<String, String> environment)
      throws Usage.Unusable {
    var next = new KeyArguments("--new-", ServiceCredentials.of(environment));
    var json = new FlagOption("--json");
    var state =
        StateArguments.read(
            args, environment, (option, rest) -> json.take(option) || next.take(option, rest));
    return new Order(
        state,
        next.key()
            .orElseThrow(
                () ->
                    new Usage.Unusable(
                        Usage.Misuse.MISSING_OPTION,
                        "one of the options for the new key is missing")),
        json.isGiven());
  }

  private static int rekey(Order order, PrintStream out, PrintStream err) throws IOException {
    var state = order.state();
    if (!StateVerification.isState(state)) {
      SELF.tell("`%s` is not the state directory of a CAS".formatted(state.directory()), err);
      return StateCommand.INPUT_WRONG;
    }
    var generated =
        state.key() instanceof KeyOption.Generated
            ? Optional.of(state.directory().resolve(KeyFile.NAME))
            : Optional.<Path>empty();
    if (generated.isPresent() && isSame(generated.get(), order.next())) {
      SELF.tell("the new key would be %s, the old one".formatted(generated.get()), err);
      return StateCommand.INPUT_WRONG;
    }
    try (var directory = StateDirectory.open(state.directory())) {
      Store.rekey(directory, StateParts.store(state), StateParts.key(order.next()));
      if (!order.asJson()) {
        out.println("the state opens with the new key only");
      }
      if (generated.isPresent()) {
        Files.deleteIfExists(generated.get());
      }
      tellDeleted(order, generated, out);
    }
    return StateCommand.DONE;
  }

  private static void tellDeleted(Order order, Optional<Path> deleted, PrintStream out) {
    if (order.asJson()) {
      var done = new JsonBuilder().put("state", order.state().directory().toString());
      out.println(Json.writeText(done.put("deleted", deleted.map(Path::toString)).build()));
    } else {
      deleted.ifPresent(file -> out.println("deleted " + file));
    }
  }

  private static boolean isSame(Path old, KeyOption next) throws IOException {
    var file =
        switch (next) {
          case KeyOption.Generated() -> old;
          case KeyOption.InFile(var given) -> given;
          case KeyOption.Passphrase(var given) -> given;
          case KeyOption.Credential(var given) -> given;
        };
    return Files.exists(old) && Files.exists(file) && Files.isSameFile(old, file);
  }
}
