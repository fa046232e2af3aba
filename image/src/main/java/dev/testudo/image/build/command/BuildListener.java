package dev.testudo.image.build.command;

/// Is told how a build proceeds, on the thread that builds. It must return quickly.
public interface BuildListener {
  /// A listener that does nothing.
  BuildListener NONE =
      new BuildListener() {
        @Override
        public void step(String what) {}

        @Override
        public void started(int number, int count, BuildCommand command) {}

        @Override
        public void output(String line) {}

        @Override
        public void note(String what) {}
      };

  /// A step begins, such as the unpacking of the base.
  ///
  /// @param what what happens now, such as `unpacking the base image`; lower case, no full stop
  void step(String what);

  /// A command begins.
  ///
  /// @param number its number, from 1
  /// @param count how many there are
  void started(int number, int count, BuildCommand command);

  /// A command has written a line to its standard output or its standard error. It has at most
  /// 4096 characters, and control characters are replaced by `?`.
  void output(String line);

  /// Something that the user should know, although the build succeeds.
  ///
  /// @param what a sentence without a full stop
  void note(String what);
}
