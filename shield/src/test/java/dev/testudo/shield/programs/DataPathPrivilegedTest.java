package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The shield does not touch the bytes of an unprotected connection.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DataPathPrivilegedTest {
  /// After the shield's end, calls that need the supervisor fail with `ENOSYS`. If everything here
  /// still works, no call of the data path needs it.
  @Test
  void aGigabyteNeedsNoSupervisor() throws Exception {
    try (var story = new Story(Treatment.UNPROTECTED)) {
      int port = story.port();
      var go = story.folder().resolve("go");
      var program = story.program().starts(Sources.c("stream.c"), port, 1024, go);
      program.says("connected").losesItsShield();
      Files.createFile(go);
      assertEquals(
          "connected\ncarried 1024 MB, then getpeername: Function not implemented",
          program.ends().strip());
    }
  }
}
