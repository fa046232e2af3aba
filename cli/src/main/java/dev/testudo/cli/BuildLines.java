package dev.testudo.cli;

import dev.testudo.image.build.command.BuildCommand;
import dev.testudo.image.build.command.BuildListener;
import dev.testudo.policy.source.Printable;
import java.io.PrintStream;

/// Prints how the commands of a build proceed.
///
/// @param notes for what happens
/// @param details for what the commands print
record BuildLines(PrintStream notes, PrintStream details) implements BuildListener {
  @Override
  public void step(String what) {
    note(what);
  }

  @Override
  public void started(int number, int count, BuildCommand command) {
    note("command %d of %d: %s".formatted(number, count, Printable.of(command.shown())));
  }

  @Override
  public void output(String line) {
    details.println("  | " + line);
  }

  @Override
  public void note(String what) {
    notes.println("testudo: " + what);
  }
}
