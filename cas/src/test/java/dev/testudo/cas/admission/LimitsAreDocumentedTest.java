package dev.testudo.cas.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LimitsAreDocumentedTest {
  @Test
  void theTableInTheDocumentSaysWhatHolds() throws IOException {
    var text = Files.readString(Path.of("../docs/cas.md"));
    var start = text.indexOf("| limit | value | what is limited |\n");
    var table = text.substring(start, text.indexOf("\n\n", start));
    assertEquals(
        Arrays.stream(Limit.values()).map(Limit::row).toList(), table.lines().skip(2).toList());
  }
}
