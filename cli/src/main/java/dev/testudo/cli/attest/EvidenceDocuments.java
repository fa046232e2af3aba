package dev.testudo.cli.attest;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.collateral.CollateralFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The documents that a verification may use.
///
/// @param collateral what the manufacturers have published
/// @param leaf the certificate of the key that signed a report, if the folder has it
public record EvidenceDocuments(Collateral collateral, Optional<Octets> leaf) {
  /// Reads a folder: one of `testudo attest collateral`, or one with `expected.json`
  /// ([VectorFolder]).
  ///
  /// @throws CommandFailed if it cannot be read
  public static EvidenceDocuments in(Optional<Path> folder) throws CommandFailed {
    if (folder.isEmpty()) {
      return new EvidenceDocuments(Collateral.NONE, Optional.empty());
    }
    var path = folder.get();
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw CommandFailed.input("%s is not a folder with collateral".formatted(path));
    }
    if (VectorFolder.isOne(path)) {
      var vector = VectorFolder.read(path);
      return new EvidenceDocuments(vector, vector.leaf());
    }
    try {
      return new EvidenceDocuments(CollateralFolder.read(path).collateral(), Optional.empty());
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read the collateral in " + path, e);
    }
  }

  /// Returns evidence with the certificates that were given beside it. Those that the evidence has
  /// itself are kept.
  ///
  /// @param given a certificate table or a certificate from a file of its own
  /// @throws CommandFailed if certificates are given for evidence that has none
  public Evidence complete(Evidence evidence, Optional<Octets> given) throws CommandFailed {
    if (!(evidence instanceof Evidence.SnpReport(var report, var sent))) {
      if (given.isPresent()) {
        throw CommandFailed.input("certificates belong to a SEV-SNP report, not to other evidence");
      }
      return evidence;
    }
    var beside = given.or(() -> sent.isPresent() ? Optional.empty() : leaf);
    return beside.isEmpty()
        ? evidence
        : new Evidence.SnpReport(report, Optional.of(SnpCertificates.table(beside.get(), report)));
  }
}
