package dev.testudo.shield.escape;

import java.util.List;

/// The result of one program.
///
/// @param exit its exit code; 128 and more if a signal ended it
/// @param said its last line
/// @param saw the forbidden places that noticed something
record Outcome(int exit, String said, List<String> saw) {
  static final int CONTAINED = 0;
  static final int UNTRIED = 2;

  /// The exit code of a program whose verdict comes from a child that outlives it.
  static final int LATER = 3;

  /// Returns `reached`, `granted`, `contained` or `untried`. If a place has noticed something, it
  /// was reached, whatever the program reports.
  String kind() {
    return saw.isEmpty() ? said.replaceFirst("[: ].*", "") : "reached";
  }

  static boolean isVerdict(String line) {
    return line.matches("(contained|reached|granted|untried): .*");
  }

  @Override
  public String toString() {
    return "exit " + exit + ", \"" + said + "\", seen by " + saw;
  }
}
