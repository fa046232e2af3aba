package dev.testudo.trust.material;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.policy.shield.EnvironmentFile;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares each `golden/material/*.env` with its `.expected` file: all diagnostics about
/// rules with real keys and certificates. New pairs need no code; `-Dgolden.update=true`
/// rewrites the expected files.
class KeyMaterialGoldenTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "material");

  /// A time at which most of the certificates are valid.
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(file -> file.toString().endsWith(".env")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reportsExactlyThisAndNoKey(Path rules) throws IOException {
    var expected = Path.of(rules.toString().replaceFirst("env$", "expected"));
    var text = Files.readString(rules);
    var actual = report(new SourceFile(rules.getFileName().toString(), text));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(expected, actual);
    }
    assertEquals(Files.readString(expected), actual);
    text.lines()
        .filter(line -> line.length() >= 32 && !line.startsWith("SCONE_"))
        .forEach(line -> assertFalse(actual.contains(line), line));
  }

  private static String report(SourceFile source) {
    var read = EnvironmentFile.read(source).then(ShieldVariables::readLocated);
    return switch (read) {
      case Parsed.Valid<ShieldRules>(var rules, _) -> {
        var found = RuleKeys.check(rules, NOW);
        yield Diagnostics.render(found) + (found.isEmpty() ? "sound\n" : "");
      }
      case Parsed.Invalid<ShieldRules>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }
}
