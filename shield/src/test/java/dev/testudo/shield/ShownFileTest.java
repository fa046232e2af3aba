package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.secret.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownFileTest {
  private static ShownFile file(String path, int mode) {
    return new ShownFile(path, mode, Optional.empty(), Secret.ofText("content"));
  }

  @Test
  void aPathMayContainAnythingThatNamesOneFile() {
    assertEquals("/etc/app/a b\u00e4...conf", file("/etc/app/a b\u00e4...conf", 0444).path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "a", "/a/", "//a", "/a//b", "/a/./b", "/a/../b", "/a/..", "/a\0b"})
  void aPathThatIsNotOneFileIsRejected(String path) {
    assertThrows(IllegalArgumentException.class, () -> file(path, 0444));
  }

  @Test
  void aPathLongerThanTheKernelAcceptsIsRejected() {
    assertThrows(IllegalArgumentException.class, () -> file("/" + "\u00e4".repeat(2048), 0444));
  }

  @Test
  void aModeWithMoreThanPermissionsIsRejected() {
    assertThrows(IllegalArgumentException.class, () -> file("/a", 0100644));
  }
}
