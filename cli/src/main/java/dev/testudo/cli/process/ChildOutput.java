package dev.testudo.cli.process;

/// Receives the output of a child process. Each method is called from a thread of its own.
public interface ChildOutput {
  /// Receives one line of the child's standard output.
  void out(String line);

  /// Receives one line of the child's standard error.
  void err(String line);
}
