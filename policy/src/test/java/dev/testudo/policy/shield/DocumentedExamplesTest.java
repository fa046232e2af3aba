package dev.testudo.policy.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The examples in docs/network-shield.md are valid, and the page names every variable.
class DocumentedExamplesTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "network-shield.md");

  @Test
  void everyExampleIsRight() throws IOException {
    var blocks =
        Pattern.compile("(?s)```env\n(.*?)```").matcher(Files.readString(DOCUMENT)).results();
    var examples = blocks.map((MatchResult block) -> block.group(1)).toList();
    assertTrue(examples.size() >= 5, examples::toString);
    for (var example : examples) {
      var read =
          EnvironmentFile.read(new SourceFile("example.env", example))
              .then(ShieldVariables::readLocated);
      assertEquals("", Diagnostics.render(read.diagnostics()), example);
    }
  }

  @Test
  void everySuffixIsDescribed() throws IOException {
    var document = Files.readString(DOCUMENT);
    for (var side : VariableName.Side.values()) {
      for (var suffix : side.suffixes()) {
        assertTrue(document.contains("`_%s_<n>_%s`".formatted(side, suffix)), suffix.toString());
      }
    }
  }
}
