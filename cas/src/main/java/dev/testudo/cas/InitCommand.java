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
  private static final int DONE = 0;
  private static final int INPUT_WRONG = 1;
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;

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

  private InitCommand() {}

  /// Runs the command.
  ///
  /// @param args the arguments, `init` first
  /// @param environment the environment of the process
  /// @return the exit code
  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      out.flush();
      return DONE;
    }
    try {
      return switch (ServeArguments.ofInit(args.subList(1, args.size()), environment)) {
        case ServeArguments.Misused(_, var problem) -> {
          err.println("testudo cas init: " + problem);
          err.print(USAGE_LINES);
          yield USAGE;
        }
        case ServeArguments.Mistaken(var problems) -> {
          err.print(Diagnostics.render(problems));
          yield INPUT_WRONG;
        }
        case ServeArguments.Complete complete -> init(complete.options(), out, err);
      };
    } catch (IOException e) {
      err.println("testudo cas init: " + e.getMessage());
      return ENVIRONMENT_FAILED;
    }
  }

  private static int init(ServerOptions options, PrintStream out, PrintStream err)
      throws IOException {
    if (options.root().owners().isEmpty() && !options.root().firstCome()) {
      err.println("testudo cas init: give an owner, or `--first-come`");
      err.print(USAGE_LINES);
      return USAGE;
    }
    var directory = options.state().directory();
    if (StateVerification.isState(options.state())) {
      err.println("testudo cas init: `%s` is the state of a CAS already".formatted(directory));
      return INPUT_WRONG;
    }
    var hash = CasServer.init(options);
    out.println(Json.writeText(new JsonBuilder().put("key_hash", hash.text()).build()));
    out.flush();
    return DONE;
  }
}
