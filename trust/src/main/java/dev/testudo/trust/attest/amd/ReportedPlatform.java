package dev.testudo.trust.attest.amd;

import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.policy.evidence.SnpPlatform.Signer;
import dev.testudo.policy.evidence.SnpPlatform.Versions;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.Optional;

/// Compares what a report says about its platform with what the certificate of its signing key says
/// (AMD 57230, section 3.1).
record ReportedPlatform(AttestationReport report, SnpKey kind, VerifiedChain chain) {

  /// Performs all comparisons.
  ///
  /// @throws EvidenceException if one fails
  void check(Checks checks) throws EvidenceException {
    checkGeneration(checks);
    checkVersions(checks);
    checkChip(checks);
  }

  private void checkGeneration(Checks checks) throws EvidenceException {
    var product = chain.extensions().productName();
    if (!product.equals(generation().product())
        && !product.startsWith(generation().product() + "-")) {
      throw mismatch(
          "the certificate is for `%s`, but its issuer is the one of %s"
              .formatted(product, generation()));
    }
    var seen = report.generation();
    if (seen.isPresent() && seen.get() != generation()) {
      throw mismatch(
          "the report is by a processor of %s (%s), but its certificate is for %s"
              .formatted(seen.get(), report.cpuid(), generation()));
    }
    var result =
        report.hasCpuid()
            ? "%s (%s)%s"
                .formatted(
                    generation(), report.cpuid(), seen.isEmpty() ? ", which is not known here" : "")
            : "%s; reports of version 2 do not name the processor".formatted(generation());
    checks.passed(Check.SNP_GENERATION, result);
  }

  private void checkVersions(Checks checks) throws EvidenceException {
    var reported = report.reportedTcb();
    for (var component : TcbComponent.values()) {
      var position = component.position(generation());
      if (position < 0) {
        continue;
      }
      var certified = chain.extensions().versions().get(component);
      if (certified == null || certified != reported.u8(position)) {
        throw mismatch(
            "the report says version %d of %s, but its certificate says %s"
                .formatted(reported.u8(position), component, certified));
      }
    }
    checks.passed(Check.SNP_CERTIFIED_TCB, generation().tcb(reported).toString());
  }

  private void checkChip(Checks checks) throws EvidenceException {
    var chip = report.chipId();
    var certified = chain.extensions().hardwareId();
    if (kind == SnpKey.VLEK) {
      if (certified.isPresent() || chain.extensions().provider().isEmpty() || !chip.isZero()) {
        throw mismatch("a VLEK certifies a provider and no chip, but the report or VLEK differs");
      }
      checks.passed(Check.SNP_CHIP, "a VLEK of " + chain.extensions().provider().get());
      return;
    }
    if (certified.isEmpty() || certified.get().length() != generation().hardwareIdBytes()) {
      throw mismatch(
          "a VCEK of %s certifies a chip's id of %d bytes, but this one does not"
              .formatted(generation(), generation().hardwareIdBytes()));
    }
    if (chip.isZero()) {
      checks.passed(Check.SNP_CHIP, "the host hides the chip's id");
    } else if (generation().hardwareId(chip).equals(certified.get())) {
      checks.passed(Check.SNP_CHIP, "equal");
    } else {
      throw mismatch("the report's CHIP_ID is not the chip of its certificate");
    }
  }

  private SnpGeneration generation() {
    return chain.generation();
  }

  /// Returns the key that signed.
  Signer signer() {
    return chain
        .extensions()
        .provider()
        .filter(_ -> kind == SnpKey.VLEK)
        .<Signer>map(Signer.Vlek::new)
        .orElseGet(Signer.Vcek::new);
  }

  /// Returns the id of the chip, unless the host hides it.
  Optional<String> chipId() {
    return Optional.of(report.chipId()).filter(id -> !id.isZero()).map(Octets::hex);
  }

  /// Returns the versions of the firmware.
  Versions versions() throws EvidenceException {
    return new SnpPlatform.Versions(
        tcb(report.committedTcb()),
        tcb(report.launchTcb()),
        tcb(report.reportedTcb()),
        tcb(report.currentTcb()));
  }

  private SnpTcb tcb(Octets version) throws EvidenceException {
    return generation().tcb(version);
  }

  /// Returns whether nothing contradicts that the generation is the one of the certificates.
  boolean knownGeneration() {
    return !report.hasCpuid() || report.generation().isPresent();
  }

  private static EvidenceException mismatch(String reason) {
    return new EvidenceException(RejectionId.CERTIFICATE_MISMATCH, reason);
  }
}
