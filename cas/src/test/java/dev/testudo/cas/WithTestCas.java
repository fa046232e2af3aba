package dev.testudo.cas;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests that have a CAS of their own each.
abstract class WithTestCas {
  @TempDir Path state;
  TestCas cas;

  @BeforeEach
  final void startCas() throws IOException {
    cas = start(state);
  }

  /// Starts it; a subclass may want another one.
  TestCas start(Path state) throws IOException {
    return new TestCas(state);
  }

  @AfterEach
  final void stopCas() throws IOException {
    cas.close();
  }
}
