package dev.testudo.cli;

import dev.testudo.cli.terminal.TransferLines;
import java.io.OutputStream;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/// The options of commands that take long and show how they proceed.
final class ProgressOptions {
  @Option(
      names = {"-q", "--quiet"},
      description = "Prints only the result.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Prints a line for each step and each layer, also on a terminal.")
  private boolean verbose;

  /// Returns the stream for lines about what the command does. With `--quiet` they go nowhere.
  PrintStream notes(CliContext context) {
    return quiet ? new PrintStream(OutputStream.nullOutputStream()) : context.streams().err();
  }

  /// Returns the stream for details, which only `--verbose` shows.
  PrintStream details(CliContext context) {
    return verbose ? notes(context) : new PrintStream(OutputStream.nullOutputStream());
  }

  /// Returns lines about the progress of a transfer: bytes and layers on a terminal, and a plain
  /// line for each layer elsewhere.
  TransferLines lines(TransferLines.Words words, CliContext context) {
    return new TransferLines(words, notes(context), context.terminal() && !quiet && !verbose);
  }
}
