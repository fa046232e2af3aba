package dev.testudo.cli.process;

import java.io.IOException;

/// Starts processes. The seam that lets the tests of everything above run without any.
public interface ProcessRunner {
  /// Starts `spec`; what it writes goes to `output`.
  Child start(ChildSpec spec, ChildOutput output) throws IOException;

  /// Starts `spec` with our own input and output. [Child#terminate()] sends it SIGTERM.
  Child foreground(ChildSpec spec) throws IOException;
}
