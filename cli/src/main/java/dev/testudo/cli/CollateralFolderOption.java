package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.TestRoots;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.DocumentVerifier;
import dev.testudo.trust.collateral.ManufacturerVerifier;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of all commands about collateral: the folder, whose signatures count, and when.
final class CollateralFolderOption {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The folder with the documents.")
  private Path directory = Path.of("");

  @Option(
      names = "--test-root",
      paramLabel = "FILE",
      description = {
        "Also accepts documents of these roots, in PEM, for tests.",
        "Can be given several times."
      })
  private List<Path> testRoots = List.of();

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "When documents must be valid, such as 2026-11-30T00:00:00Z (default: now).")
  private Optional<String> at = Optional.empty();

  /// Opens the folder to change it, and creates it if it does not exist.
  CollateralFolder open() throws IOException {
    return CollateralFolder.open(directory);
  }

  /// Opens the folder, which must exist, to read it.
  CollateralFolder read() throws IOException {
    return CollateralFolder.read(directory);
  }

  /// Returns what decides whether documents are genuine.
  DocumentVerifier verifier(CollateralFolder folder) throws CommandFailed {
    return new ManufacturerVerifier(roots(), folder::collateral);
  }

  /// Returns the roots of the manufacturers, and those of `--test-root`.
  HardwareRoots roots() throws CommandFailed {
    var roots = HardwareRoots.vendor();
    for (var file : testRoots) {
      try (var in = Files.newInputStream(file)) {
        var pem = new String(in.readNBytes(Pem.MAX_LENGTH), StandardCharsets.ISO_8859_1);
        roots = roots.and(TestRoots.read(pem));
      } catch (PkiException e) {
        throw CommandFailed.input("%s: %s".formatted(file, e.getMessage()));
      } catch (IOException e) {
        throw CommandFailed.environment("cannot read the roots", e);
      }
    }
    return roots;
  }

  /// Returns the instant at which documents must be valid.
  Instant at() throws CommandFailed {
    try {
      return at.isPresent() ? Instant.parse(at.get()) : Instant.now();
    } catch (DateTimeParseException e) {
      throw CommandFailed.usage(
          "`--at` takes an instant such as 2026-11-30T00:00:00Z, not `%s`".formatted(at.get()));
    }
  }
}
