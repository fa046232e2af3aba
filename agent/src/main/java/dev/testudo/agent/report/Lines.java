package dev.testudo.agent.report;

import dev.testudo.policy.source.Printable;
import java.io.IOException;
import java.io.PrintStream;

/// Lines for people on standard error.
final class Lines implements AutoCloseable {
  private static final int CAPACITY = 1024;

  private final PrintStream err;
  private final String prefix;
  private final BoundedWriter<String> writer;

  /// @param prefix the beginning of each text
  Lines(String prefix, PrintStream err) {
    this.err = err;
    this.prefix = prefix;
    this.writer = new BoundedWriter<>("lines", CAPACITY, new Destination());
  }

  private final class Destination implements BoundedWriter.Destination<String> {
    @Override
    public void write(String text) {
      err.println(prefix + text);
    }

    @Override
    public void dropped(long entries) {
      write(entries + " lines were dropped: their reader is too slow");
    }

    @Override
    public void failed(IOException failure) {
      throw new IllegalStateException("a PrintStream tells of no failure", failure);
    }
  }

  /// Prints a line, or several that belong together. Never blocks.
  void say(String text) {
    writer.offer(Printable.lines(text));
  }

  @Override
  public void close() {
    writer.close();
  }
}
