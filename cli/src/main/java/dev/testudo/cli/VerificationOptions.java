package dev.testudo.cli;

import dev.testudo.cli.attest.EvidenceInput;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.NamedInput;
import dev.testudo.trust.attest.TestRoots;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.tpm.TpmRoots;
import dev.testudo.trust.pki.PkiException;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// The options that say at which instant something must be valid, and whose signatures count.
final class VerificationOptions {
  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "When all must be valid, as in 2026-02-25T00:00:00Z (default: now).")
  private Optional<String> at = Optional.empty();

  @Option(
      names = "--test-root",
      paramLabel = "FILE",
      description = {
        "Certificates of roots that play a manufacturer in tests. What rests on them is never hardware attested.",
        "Can be given several times."
      })
  private List<String> testRoots = List.of();

  @Option(
      names = "--tpm-root",
      paramLabel = "FILE",
      description = {
        "Certificates of a manufacturer of TPMs that sign endorsement certificates.",
        "Can be given several times."
      })
  private List<String> tpmRoots = List.of();

  /// Returns the instant at which everything must be valid.
  Instant at() throws CommandFailed {
    try {
      return at.isPresent() ? Instant.parse(at.get()) : Instant.now();
    } catch (DateTimeParseException e) {
      throw CommandFailed.usage(
          "`--at` takes an instant such as 2026-02-25T00:00:00Z, not `%s`".formatted(at.get()));
    }
  }

  /// Returns the files of roots.
  List<String> roots() {
    return Stream.concat(testRoots.stream(), tpmRoots.stream()).toList();
  }

  /// Returns the roots of the manufacturers of processors, and those that were given.
  HardwareRoots roots(InputStream standardInput) throws CommandFailed {
    var roots = HardwareRoots.vendor();
    for (var file : testRoots) {
      roots = roots.and(read(file, standardInput, TestRoots::read));
    }
    for (var file : tpmRoots) {
      roots = roots.and(read(file, standardInput, TpmRoots::read));
    }
    return roots;
  }

  private interface Reader {
    HardwareRoots read(String pem) throws PkiException;
  }

  private static HardwareRoots read(String file, InputStream standardInput, Reader reader)
      throws CommandFailed {
    try {
      return reader.read(EvidenceInput.pem(file, standardInput));
    } catch (PkiException e) {
      throw CommandFailed.input("%s: %s".formatted(NamedInput.shown(file), e.getMessage()));
    }
  }
}
