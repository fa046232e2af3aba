package dev.testudo.cas.export;

import java.io.IOException;

/// An export of the audit log that can begin.
public interface PreparedExport extends AutoCloseable {
  /// Begins to export.
  void start();

  @Override
  void close() throws IOException;
}
