package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The bytes of an unprotected connection are none of the shield's business.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DataPathPrivilegedTest {
  /// A call that is asked about fails with `ENOSYS` once nobody answers. So that everything here
  /// goes well after the shield's end shows that not one call of the data path is asked about.
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
