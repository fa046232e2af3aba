package dev.testudo.cli.process;

/// Receives what a child writes. Both methods are called from threads of their own, one per stream.
public interface ChildOutput {
  /// One line of the child's standard output.
  void out(String line);

  /// One line of the child's standard error.
  void err(String line);
}
