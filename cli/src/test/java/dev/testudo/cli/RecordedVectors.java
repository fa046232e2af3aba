package dev.testudo.cli;

import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// Recorded evidence in `../shared/vectors` beside the checkout, or where the system property
/// `testudo.vectors` says. Without it, tests are reported as not run, and fail in CI.
final class RecordedVectors {
  private static final String PLACE = "shared/vectors";

  private RecordedVectors() {}

  static Path folder() {
    var property = System.getProperty("testudo.vectors");
    if (property != null) {
      return Path.of(property);
    }
    for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve(PLACE))) {
        return at.resolve(PLACE);
      }
    }
    var absent = "not run: there is no folder `../%s` beside the checkout".formatted(PLACE);
    return System.getenv("CI") == null ? Assumptions.abort(absent) : Assertions.fail(absent);
  }

  /// The folders of a kind, such as `tdx`, that have a verdict.
  static List<Path> all(String kind) {
    try (var folders = Files.list(folder().resolve(kind))) {
      return folders.filter(one -> Files.exists(one.resolve("expected.json"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonMembers expected(Path vector) throws IOException {
    return JsonMembers.read(
        Files.readAllBytes(vector.resolve("expected.json")), 1 << 20, "expected");
  }
}
