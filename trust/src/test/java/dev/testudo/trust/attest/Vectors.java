package dev.testudo.trust.attest;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// Real evidence with the collateral of its day and the verdict. The files are not part of this
/// repository; they are looked for in `../shared/vectors` beside the checkout, or where the system
/// property `testudo.vectors` says. Where they are absent, tests that need them are reported as not
/// run; in CI (environment variable `CI`) they fail.
public final class Vectors {
  private static final int MOST_BYTES = 1 << 20;
  private static final String PLACE = "shared/vectors";

  private Vectors() {}

  /// Returns the folder of all vectors, or aborts the test.
  public static Path folder() {
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
    if (System.getenv("CI") != null) {
      Assertions.fail(absent);
    }
    return Assumptions.abort(absent);
  }

  /// Returns the vectors of a kind, such as `tdx`, sorted by name.
  public static List<Vector> all(String kind) {
    try (var folders = Files.list(folder().resolve(kind))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve(Vector.EXPECTED)))
          .sorted()
          .map(folder -> new Vector(kind + "/" + folder.getFileName(), folder))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns one vector.
  ///
  /// @param name such as `tdx/v4-uptodate`
  public static Vector one(String name) {
    return new Vector(name, folder().resolve(name));
  }

  /// Returns the content of a file.
  ///
  /// @param name such as `roots/intel-sgx-root-ca-2049.pem`
  public static Octets read(String name) {
    return read(folder().resolve(name));
  }

  private static Octets read(Path file) {
    try {
      return Octets.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A folder with `expected.json`.
  public record Vector(String name, Path folder) {
    private static final String EXPECTED = "expected.json";

    /// Returns what is expected.
    public JsonMembers expected() {
      try {
        return JsonMembers.read(read(folder.resolve(EXPECTED)).toBytes(), MOST_BYTES, EXPECTED);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Returns the instant to verify at.
    public Instant at() {
      try {
        return expected().instant("at");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Returns whether there is a file for a role of the member `files`, such as `pckCrlChain`.
    public boolean has(String role) {
      try {
        return expected().object("files").has(role);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Returns the file for a role of the member `files`, such as `quote`.
    public Octets file(String role) {
      try {
        return read(folder.resolve(expected().object("files").text(role)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
