package dev.testudo.cli;

import dev.testudo.cli.exit.ExitCode;
import picocli.CommandLine;

/// The command line of Testudo.
public final class Cli {
  private Cli() {}

  /// Runs one command and returns the exit code of the process. What could not be printed was not
  /// done.
  public static int run(String[] args, CliContext context) {
    var code = CommandTree.build(context).execute(args);
    if (code == ExitCode.DONE.number() && context.streams().out().checkError()) {
      context.streams().err().println("testudo: standard output cannot be written");
      return ExitCode.ENVIRONMENT_FAILED.number();
    }
    return code;
  }

  /// The commands as the argument parser sees them.
  static CommandLine commandLine(CliContext context) {
    return CommandTree.build(context);
  }
}
