package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.Octets;
import java.util.Optional;

/// A report with what belongs to it, before verification.
///
/// @param report 1,184 bytes
/// @param certificates what came with it
/// @param reportData what REPORT_DATA must be, 64 bytes; if absent, it can be anything
public record SnpEvidence(Octets report, Certificates certificates, Optional<Octets> reportData) {

  /// The form in which certificates came.
  public sealed interface Certificates {
    /// None came.
    record None() implements Certificates {}

    /// The certificate table of the host.
    record Table(Octets bytes) implements Certificates {}

    /// Certificates in PEM, in any order.
    record PemText(Octets bytes) implements Certificates {}
  }
}
