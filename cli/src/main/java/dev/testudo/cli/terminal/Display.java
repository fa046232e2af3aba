package dev.testudo.cli.terminal;

import dev.testudo.cli.board.MeshView;

/// Shows what happens during `up`. Implementations are thread-safe.
public interface Display extends AutoCloseable {
  /// Shows a line that a service wrote.
  void output(String service, String line);

  /// Shows a message of Testudo itself.
  void say(String line);

  /// Shows a refusal or a failure.
  void alarm(String line);

  /// Shows the current state of the mesh. May be called often.
  void show(MeshView view);

  /// Restores the terminal. Later lines are shown without a table.
  @Override
  void close();
}
