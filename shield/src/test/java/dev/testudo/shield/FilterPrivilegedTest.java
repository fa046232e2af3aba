package dev.testudo.shield;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FilterPrivilegedTest {
  @TempDir Path directory;

  @Test
  void otherDoorsIntoTheKernelAreShut() throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.decisions.plainByDefault();
      long agent = ProcessHandle.current().pid();
      cage.c("forbidden.c", server.port(), agent).succeeds();
    }
  }
}
