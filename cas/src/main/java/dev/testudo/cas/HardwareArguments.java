package dev.testudo.cas;

import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import dev.testudo.trust.attest.TestRoots;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

/// Parses the options about evidence of hardware.
final class HardwareArguments {
  private HardwareRoots testRoots = HardwareRoots.NONE;

  /// Takes `option` if it is about evidence of hardware.
  ///
  /// @return false if it is not
  boolean take(String option, Iterator<String> rest) throws Unusable {
    if (!option.equals("--test-root")) {
      return false;
    }
    var file = Usage.value(option, rest, "a file with certificates", StateArguments::path);
    testRoots = testRoots.and(testRoots(option, file));
    return true;
  }

  private static HardwareRoots testRoots(String option, Path file) throws Unusable {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(Pem.MAX_LENGTH);
      return TestRoots.read(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new Unusable(Misuse.WRONG_VALUE, "`%s`: cannot read `%s`".formatted(option, file));
    } catch (PkiException e) {
      throw new Unusable(
          Misuse.WRONG_VALUE,
          "`%s` takes certificates; `%s`: %s".formatted(option, file, e.getMessage()));
    }
  }

  /// Returns what was given.
  ServerOptions.Hardware hardware() {
    return new ServerOptions.Hardware(testRoots);
  }
}
