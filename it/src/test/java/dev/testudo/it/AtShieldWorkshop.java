package dev.testudo.it;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests of `testudo shield …` through the launcher: each has a workshop of its own, in which
/// nothing is left running.
@Timeout(3600)
abstract class AtShieldWorkshop {
  @TempDir Path folder;
  ShieldWorkshop shop;

  @BeforeEach
  void openWorkshop() throws IOException {
    shop = new ShieldWorkshop(folder);
  }

  @AfterEach
  void nothingIsLeftRunning() throws InterruptedException {
    shop.close();
  }
}
