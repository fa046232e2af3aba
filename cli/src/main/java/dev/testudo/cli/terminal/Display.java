package dev.testudo.cli.terminal;

import dev.testudo.cli.board.MeshView;

/// Where `up` shows what happens. Safe for use by many threads.
public interface Display extends AutoCloseable {
  /// A line a service wrote.
  void output(String service, String line);

  /// Something Testudo itself has to say.
  void say(String line);

  /// Something Testudo refused, or that went wrong.
  void alarm(String line);

  /// How the mesh is now. May be called often.
  void show(MeshView view);

  /// Leaves the terminal as it was; later lines are plain ones.
  @Override
  void close();
}
