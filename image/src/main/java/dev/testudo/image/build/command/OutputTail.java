package dev.testudo.image.build.command;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The last lines that commands have written.
final class OutputTail {
  private final int most;
  private final Deque<String> lines = new ArrayDeque<>();

  OutputTail(int most) {
    this.most = most;
  }

  void add(String line) {
    lines.add(line);
    if (lines.size() > most) {
      lines.remove();
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
