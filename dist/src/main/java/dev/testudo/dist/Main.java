package dev.testudo.dist;

import dev.testudo.agent.AgentCommand;
import dev.testudo.agent.shield.ShieldRunCommand;
import dev.testudo.cas.ServeCommand;
import dev.testudo.cli.Cli;
import dev.testudo.cli.CliContext;
import dev.testudo.linux.process.Signals;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// The process: hands its arguments, environment and streams to the part that is meant, and ends
/// with that part's exit code. Nothing else in Testudo reads them or exits.
///
/// Each part is only named where it is called, so an agent never loads the argument parser and the
/// command line never loads the shield.
public final class Main {
  /// What shells add to the number of the signal that ended a process.
  private static final int SIGNALLED = 128;

  private static final int BUG = 70;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /// Runs the command `args` name and returns the exit code. What escapes a command is our bug.
  static int run(String[] args) {
    try {
      return dispatch(args);
    } catch (RuntimeException | Error e) {
      tell(e);
      return BUG;
    }
  }

  private static int dispatch(String[] args) {
    if (startsWith(args, "agent", "run")) {
      endOnBugs();
      return AgentCommand.run(
          List.of(args).subList(2, args.length),
          System.getenv(),
          property("testudo.lib"),
          System.in,
          System.out,
          System.err);
    }
    if (startsWith(args, "shield", "run") || startsWith(args, "shield", "learn")) {
      endOnBugs();
      return ShieldRunCommand.run(
          List.of(args).subList(1, args.length),
          System.getenv(),
          System.getProperty("testudo.signals", ""),
          System.out,
          System.err);
    }
    if (startsWith(args, "cas", "serve") || isStateVerification(args)) {
      return ServeCommand.run(
          List.of(args).subList(1, args.length),
          System.in,
          System.out,
          System.err,
          Main::endWhenToldAgain);
    }
    if (startsWith(args, "train") && args.length == 2) {
      return Training.run(Path.of(args[1]), context());
    }
    return Cli.run(args, context());
  }

  /// What escapes any thread ends the process: a thread that others wait for must not be missing.
  private static void endOnBugs() {
    Thread.setDefaultUncaughtExceptionHandler(
        (_, bug) -> {
          tell(bug);
          Runtime.getRuntime().halt(BUG);
        });
  }

  private static void tell(Throwable bug) {
    System.err.println("testudo: this is a bug in Testudo, please report it with what follows");
    bug.printStackTrace();
  }

  /// Ends the process when it is told to stop once more. The JVM itself would wait for its log,
  /// which nobody may be reading.
  private static void endWhenToldAgain(Runnable insisted) {
    Signals.whenToldToStopAgain(
        (int signal) -> {
          insisted.run();
          Runtime.getRuntime().halt(SIGNALLED + signal);
        });
  }

  /// The state is CAS's own, so CAS looks at it; a copy of its log is for anybody.
  private static boolean isStateVerification(String[] args) {
    var words = List.of(args);
    return startsWith(args, "cas", "verify-audit-log")
        && words.contains("--state")
        && !words.contains("--help");
  }

  private static boolean startsWith(String[] args, String... words) {
    return args.length >= words.length
        && Arrays.equals(args, 0, words.length, words, 0, words.length);
  }

  private static CliContext context() {
    return new CliContext(
        System.getenv(),
        new CliContext.Streams(System.in, System.out, System.err),
        new CliContext.Installation(
            property("testudo.launcher"), property("testudo.lib"), property("java.home")),
        // Told by the launcher: asking the JDK costs more than everything else in here.
        Boolean.getBoolean("testudo.terminal"),
        started(),
        Signals::whenToldToStopAgain);
  }

  /// When the launcher began. The process may be older: a script that becomes the launcher by
  /// `exec` keeps its own start time.
  private static Instant started() {
    var millis = Long.getLong("testudo.started");
    return millis == null ? Instant.now() : Instant.ofEpochMilli(millis);
  }

  private static Path property(String name) {
    var value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          name + " is not set; start Testudo by its launcher ./testudo");
    }
    return Path.of(value);
  }
}
