package dev.testudo.trust.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentReaderTest {
  private static final byte[] SCRIPT = "#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path folder;
  private final ContentReader reader = new ContentReader();

  private void assertRead(byte[] content, String firstLine) throws IOException {
    var file = Files.write(folder.resolve("file"), content);
    var hash = HexFormat.of().formatHex(Measurement.sha256().digest(content));
    assertEquals(new HashedContent(content.length, hash, firstLine), reader.read(file));
  }

  @Test
  void nothingOfAFileIsLeftForTheNextOne() throws IOException {
    assertRead(SCRIPT, "#!/bin/sh\n");
    assertRead(new byte[0], "");
    assertRead(SCRIPT, "#!/bin/sh\n");
    assertRead(new byte[] {'#'}, "");
    assertRead(
        Arrays.copyOf(SCRIPT, 200_000),
        new String(Arrays.copyOf(SCRIPT, Interpreter.HEAD), StandardCharsets.ISO_8859_1));
    assertRead(new byte[100], "");
  }

  @Test
  void onlyTheBeginningOfALargeFileMakesItAScript() throws IOException {
    var large = new byte[200_000];
    System.arraycopy(SCRIPT, 0, large, 64 << 10, SCRIPT.length);
    assertRead(large, "");
  }
}
