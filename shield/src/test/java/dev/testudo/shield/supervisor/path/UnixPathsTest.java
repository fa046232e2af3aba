package dev.testudo.shield.supervisor.path;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnixPathsTest {
  @ParameterizedTest
  @CsvSource({
    "/run/redis.sock, /run/redis.sock",
    "//run///redis.sock, /run/redis.sock",
    "/run/./redis.sock, /run/redis.sock",
    "/run/other/../redis.sock, /run/redis.sock",
    "/../../run/redis.sock, /run/redis.sock",
    "/, /",
    "/run/, /run"
  })
  void spellingsOfOnePathAreOne(String path, String normalised) {
    assertEquals(normalised, UnixPaths.normalised(path));
  }

  @ParameterizedTest
  @CsvSource({"/a/b, /a/b"})
  void absolutePathsDoNotDependOnTheThread(String path, String expected) throws Exception {
    assertEquals(expected, UnixPaths.absolute(-1, path));
  }
}
