package dev.testudo.cli.process;

import java.io.IOException;

/// Starts processes. Tests replace it to run without real ones.
public interface ProcessRunner {
  /// Starts a process whose output goes to `output`.
  ChildProcess start(ChildSpec spec, ChildOutput output) throws IOException;

  /// Starts a process with our own input and output. [ChildProcess#terminate()] sends it SIGTERM.
  ChildProcess foreground(ChildSpec spec) throws IOException;
}
