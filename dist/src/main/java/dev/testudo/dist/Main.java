package dev.testudo.dist;

import dev.testudo.agent.attest.EvidenceCommand;
import dev.testudo.agent.mesh.AgentCommand;
import dev.testudo.agent.mounter.NodeMounterCommand;
import dev.testudo.agent.report.Bugs;
import dev.testudo.agent.single.ShieldRunCommand;
import dev.testudo.cas.ServeCommand;
import dev.testudo.cli.Cli;
import dev.testudo.cli.CliContext;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.linux.process.Signals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// The entry point of the process. Passes arguments, environment and streams to the requested part,
/// and exits with its exit code. No other code in Testudo reads them or exits.
///
/// A part's classes load only when it is called. So an agent never loads the argument parser, and
/// the command line never loads the shield.
public final class Main {
  /// What shells add to a signal's number for the exit code of a process that it ended.
  private static final int SIGNALLED = 128;

  private static final int ENVIRONMENT_FAILED = 3;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /// Runs the command in `args` and returns the exit code. An exception from a command is a bug.
  static int run(String[] args) {
    return Bugs.report(() -> dispatch(args));
  }

  private static int dispatch(String[] args) {
    if (startsWith(args, "agent", "run")) {
      Bugs.endTheProcess();
      return AgentCommand.run(
          List.of(args).subList(2, args.length),
          System.getenv(),
          property("testudo.lib"),
          System.in,
          System.out,
          System.err);
    }
    if (startsWith(args, "agent", NodeMounterCommand.COMMAND)) {
      Bugs.endTheProcess();
      return NodeMounterCommand.run(List.of(args).subList(2, args.length), System.out, System.err);
    }
    if (startsWith(args, EvidenceCommand.COMMAND.toArray(String[]::new))) {
      return EvidenceCommand.run(
          List.of(args).subList(2, args.length), property("testudo.lib"), System.out, System.err);
    }
    if (startsWith(args, "shield", "run") || startsWith(args, "shield", "learn")) {
      Bugs.endTheProcess();
      return ShieldRunCommand.run(
          List.of(args).subList(1, args.length),
          System.getenv(),
          System.getProperty("testudo.signals", ""),
          System.out,
          System.err);
    }
    if (startsWith(args, "cas", "serve")
        || startsWith(args, "cas", "init")
        || startsWith(args, "cas", "backup")
        || startsWith(args, "cas", "restore")
        || startsWith(args, "cas", "rekey")
        || isStateVerification(args)) {
      return ServeCommand.run(
          List.of(args).subList(1, args.length),
          System.getenv(),
          System.in,
          System.out,
          System.err,
          Main::endWhenToldAgain);
    }
    if (startsWith(args, "train") && args.length == 2) {
      return Training.run(Path.of(args[1]), context());
    }
    if (startsWith(args, "pack-agent") && args.length == 3) {
      return packAgent(Path.of(args[1]), args[2]);
    }
    if (startsWith(args, "pack-images") && args.length == 6) {
      return packImages(args);
    }
    return Cli.run(args, context());
  }

  /// Makes the images of a release; for scripts/package.
  private static int packImages(String[] args) {
    try {
      new PackageImages(
              Path.of(args[1]), args[2], Long.parseLong(args[3]), Path.of(args[4]), args[5])
          .write();
      return 0;
    } catch (IOException e) {
      System.err.println("testudo: cannot make the images: " + e.getMessage());
      return ENVIRONMENT_FAILED;
    }
  }

  /// Makes the layer of images that has the agent; for scripts/container-runtime.
  private static int packAgent(Path directory, String architecture) {
    try {
      AgentLayer.pack(directory, architecture);
      return 0;
    } catch (IOException e) {
      System.err.println("testudo: cannot make the layer of the agent: " + e.getMessage());
      return ENVIRONMENT_FAILED;
    }
  }

  /// Ends the process on a further request to stop. The JVM itself would wait for the log, which
  /// may have no reader.
  private static void endWhenToldAgain(Runnable insisted) {
    Signals.whenToldToStopAgain(
        (int signal) -> {
          insisted.run();
          Runtime.getRuntime().halt(SIGNALLED + signal);
        });
  }

  /// Returns whether CAS must run the command. Only CAS reads its state; anybody may verify a copy
  /// of its log.
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
        // From the launcher, because asking the JDK takes longer than everything else here.
        Boolean.getBoolean("testudo.terminal"),
        started(),
        Signals::whenToldToStopAgain);
  }

  /// Returns when the launcher started. The process may be older, because a script that starts the
  /// launcher with `exec` keeps its own start time.
  private static Instant started() {
    var millis = Long.getLong("testudo.started");
    return millis == null ? Instant.now() : Instant.ofEpochMilli(millis);
  }

  private static Path property(String name) {
    var value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          name + " is not set; start Testudo with its launcher ./testudo");
    }
    return Path.of(value);
  }
}
