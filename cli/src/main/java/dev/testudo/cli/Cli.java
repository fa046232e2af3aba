package dev.testudo.cli;

import picocli.CommandLine;

/// The command line of Testudo.
public final class Cli {
  private Cli() {}

  /// Runs one command and returns the exit code of the process.
  public static int run(String[] args, CliContext context) {
    return CommandTree.build(context).execute(args);
  }

  /// The commands as the argument parser sees them.
  static CommandLine commandLine(CliContext context) {
    return CommandTree.build(context);
  }
}
