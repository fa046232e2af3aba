package dev.testudo.cas;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A base class for tests that each have a CAS of their own.
abstract class WithTestCas {
  @TempDir Path state;
  TestCas cas;

  @BeforeEach
  final void startCas() throws IOException {
    cas = start(state);
  }

  /// Starts the CAS. Subclasses may override it.
  TestCas start(Path state) throws IOException {
    return new TestCas(state);
  }

  @AfterEach
  final void stopCas() throws IOException {
    cas.close();
  }
}
