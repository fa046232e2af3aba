package dev.testudo.cli.process;

import java.io.IOException;

/// Starts processes. The seam that lets the tests of everything above run without any.
public interface ProcessRunner {
  /// Starts `spec`; what it writes goes to `output`.
  ChildProcess start(ChildSpec spec, ChildOutput output) throws IOException;

  /// Starts `spec` with our own input and output. [ChildProcess#terminate()] sends it SIGTERM.
  ChildProcess foreground(ChildSpec spec) throws IOException;
}
