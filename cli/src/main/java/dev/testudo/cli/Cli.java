package dev.testudo.cli;

import dev.testudo.cli.exit.ExitCode;
import picocli.CommandLine;

/// The command line of Testudo.
public final class Cli {
  private Cli() {}

  /// Runs one command and returns the exit code of the process. It is a failure if the
  /// output cannot be written.
  public static int run(String[] args, CliContext context) {
    var code = CommandTree.build(context).execute(args);
    if (code == ExitCode.DONE.number() && context.streams().out().checkError()) {
      context.streams().err().println("testudo: cannot write to standard output");
      return ExitCode.ENVIRONMENT_FAILED.number();
    }
    return code;
  }

  /// Returns the commands in the argument parser's form.
  static CommandLine commandLine(CliContext context) {
    return CommandTree.build(context);
  }
}
