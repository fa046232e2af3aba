package dev.testudo.cas;

import dev.testudo.policy.source.Diagnostics;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/// The command `testudo cas init`: creates the state of a CAS, so that its key is known before it
/// serves anybody.
final class InitCommand {
  static final String COMMAND = "init";

  private static final String USAGE_LINES =
      """
      Usage: testudo cas init --state DIR [--owner HASH]... [--owner-file FILE]
                              [--first-come] [OPTIONS OF serve]
      """;

  private static final String HELP =
      USAGE_LINES
          + """
          Creates the state of a CAS: its key, its store and its owners.
          Prints the key hash as JSON. `testudo cas serve` then needs only --state and
          --listen. If the directory is the state of a CAS already, the command changes
          nothing.
            --state DIR          The state directory; created if it does not exist.
            --owner HASH         The hash of a key that may create top-level sessions.
                                   Can be given several times. `testudo identity show
                                   --key-hash` prints yours.
            --owner-file FILE    A file with such hashes, one per line; `#` begins a
                                   comment.
            --first-come         Only checks that the CAS can be started with
                                   --first-come; such a CAS has no owners.
            OPTIONS OF serve     Those for the master key, the store and the anchor.
            -h, --help           Prints this help.

          Exit codes: 0 done, 1 the state exists or the owner file has mistakes,
          2 usage, 3 the state cannot be created.
          """;

  private static final StateCommand SELF = new StateCommand(COMMAND, USAGE_LINES, HELP);

  private InitCommand() {}

  /// Runs the command.
  ///
  /// @param args the arguments, `init` first
  /// @param environment the environment of the process
  /// @return the exit code
  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    return SELF.run(args, out, err, words -> init(words, environment, out, err));
  }

  private static int init(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err)
      throws Usage.Unusable, IOException {
    return switch (ServeArguments.ofInit(args, environment)) {
      case ServeArguments.Misused(var misuse, var problem) ->
          throw new Usage.Unusable(misuse, problem);
      case ServeArguments.Mistaken(var problems) -> {
        err.print(Diagnostics.render(problems));
        yield StateCommand.INPUT_WRONG;
      }
      case ServeArguments.Complete complete -> init(complete.options(), out, err);
    };
  }

  private static int init(ServerOptions options, PrintStream out, PrintStream err)
      throws Usage.Unusable, IOException {
    if (options.root().owners().isEmpty() && !options.root().firstCome()) {
      throw new Usage.Unusable(Usage.Misuse.MISSING_OPTION, "give an owner, or `--first-come`");
    }
    var directory = options.state().directory();
    if (StateVerification.isState(options.state())) {
      SELF.tell("`%s` is the state of a CAS already".formatted(directory), err);
      return StateCommand.INPUT_WRONG;
    }
    var hash = CasServer.init(options);
    out.println(Json.writeText(new JsonBuilder().put("key_hash", hash.text()).build()));
    out.flush();
    return StateCommand.DONE;
  }
}
