package dev.testudo.agent.single;

import dev.testudo.agent.AgentFailure;
import dev.testudo.linux.process.Prctl;
import dev.testudo.linux.process.SignalState;
import dev.testudo.linux.process.Signals;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `testudo shield run` and `testudo shield learn`.
public final class ShieldRunCommand {
  /// The prefix under which the launcher keeps variables that would affect its JVM.
  private static final String KEPT = "TESTUDO_KEPT_";

  private static final String RUN_HELP =
      """
          Usage: testudo shield run [--connections] [--drain=TIME] [--env-file=FILE]
                                    -- PROGRAM [ARGUMENT...]
          Runs a program under the network shield.
          The rules come from the SCONE_NETWORK_SHIELD_* variables in the environment, in
          FILE, or in both. The program gets the rest of the environment, but no rules or
          keys.
                PROGRAM           The program and its arguments.
                --connections     Logs when connections begin and end, with the peer's
                                    name. Refusals are always logged.
                --drain=TIME      How long the program and its connections have to end
                                    after SIGTERM: `500ms`, `10s`, `5m` or `1h` (default:
                                    10s). Then the program is killed and connections
                                    are reset.
                --env-file=FILE   A file with rules, as lines NAME=value, in addition to
                                    those in the environment. Identities are reloaded
                                    when the file changes and on SIGHUP.
            -h, --help            Prints this help.

          Exit codes: the program's, or 128 plus the number of the signal that killed it;
          1 the rules are wrong or there is no such program, 2 usage, 3 the environment
          failed.
          """;

  private static final String LEARN_HELP =
      """
          Usage: testudo shield learn [-o=FILE] -- PROGRAM [ARGUMENT...]
          Runs a program without restrictions, watches it, and proposes the narrowest
          rules that it works with.
                PROGRAM         The program and its arguments.
            -h, --help          Prints this help.
            -o, --output=FILE   The file for the rules (default: standard output, after
                                  the program has ended).

          Exit codes: the program's, or 128 plus the number of the signal that killed it;
          1 the program or FILE cannot be used, 2 usage, 3 the environment failed.
          """;

  /// HUP, INT and TERM, which the JVM leaves ignored if its caller ignored them.
  private static final List<Integer> PASSED_ON = List.of(1, 2, 15);

  private ShieldRunCommand() {}

  /// Runs one program to its end, and returns the exit code of this process. The calling thread
  /// must be a platform thread.
  ///
  /// @param args `run` or `learn`, with the arguments that follow
  /// @param callersSignals the signals that the caller ignores and blocks, in the format of
  ///     [SignalState#parse]; the program inherits them. None if empty
  public static int run(
      List<String> args,
      Map<String, String> environment,
      String callersSignals,
      PrintStream out,
      PrintStream err) {
    var command = args.getFirst();
    var rest = args.subList(1, args.size());
    try {
      // First of all, because from here on there may be secrets in memory.
      Prctl.denyInspection();
      var signals = SignalState.parse(callersSignals).orElse(SignalState.CLEAN);
      // They are forwarded, and the program decides what they mean.
      PASSED_ON.stream().filter(signals::ignores).forEach(Signals::listenTo);
      var given = restored(environment);
      if (command.equals("learn")) {
        var options =
            ShieldOptions.parse(
                rest, List.of("-o", "--output"), "see `testudo shield learn --help`");
        return options.program().isEmpty()
            ? help(LEARN_HELP, out)
            : new ShieldLearn(options, given, signals, out, err).run();
      }
      var options =
          ShieldOptions.parse(
              rest,
              List.of("--env-file", "--drain", ShieldOptions.CONNECTIONS),
              "see `testudo shield run --help`");
      return options.program().isEmpty()
          ? help(RUN_HELP, out)
          : new ShieldRun(options, given, signals, err).run();
    } catch (AgentFailure e) {
      err.println("testudo shield " + command + ": " + e.line());
      return e.kind().exitCode();
    } catch (IOException e) {
      err.println("testudo shield " + command + ": " + e.getMessage());
      return AgentFailure.Kind.ENVIRONMENT_FAILED.exitCode();
    }
  }

  private static int help(String text, PrintStream out) {
    out.print(text);
    out.flush();
    return 0;
  }

  /// Returns the environment as the caller gave it to the launcher.
  private static Map<String, String> restored(Map<String, String> environment) {
    var given = new TreeMap<>(environment);
    // Set by the launcher for the JVM. The caller's values are among the kept ones.
    given.remove("LC_ALL");
    given.remove("JAVA_HOME");
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(KEPT)) {
            given.remove(name);
            given.put(name.substring(KEPT.length()), value);
          }
        });
    return given;
  }
}
