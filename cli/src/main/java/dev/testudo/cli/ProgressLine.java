package dev.testudo.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A line on a terminal that says how far something is. Elsewhere nothing is written.
final class ProgressLine {
  private static final long FRAME = TimeUnit.MILLISECONDS.toNanos(100);
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean live;
  private long last = System.nanoTime();

  ProgressLine(PrintStream out, boolean live) {
    this.out = out;
    this.live = live;
  }

  /// Shows a text, ten times a second at most.
  void show(Supplier<String> text) {
    long now = System.nanoTime();
    if (live && now - last >= FRAME) {
      last = now;
      out.print(CLEAR + text.get());
      out.flush();
    }
  }

  void clear() {
    if (live) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
