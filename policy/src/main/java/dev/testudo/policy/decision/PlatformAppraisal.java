package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.policy.session.PlatformId;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Judges the platform that a service runs on: what its program is does not matter here.
record PlatformAppraisal(
    Service service, EvidenceClaims evidence, Instant now, PlatformFindings findings) {

  void check() {
    listed(findings.terms().platforms());
    listed(service.requirements().platforms());
    if (evidence.debug()) {
      findings.weakness(ReasonId.DEBUG_MODE, Tolerance.DEBUG_MODE, "debug mode", "off", "on");
    }
    if (evidence.root() == Root.TEST) {
      findings.weakness(
          ReasonId.TEST_ROOT, Tolerance.TEST_ROOT, "root", "one of the vendor", "a test root");
    }
    switch (evidence) {
      case EvidenceClaims.Software _ -> {}
      case EvidenceClaims.Sgx sgx -> intel(sgx.platform());
      case EvidenceClaims.Tdx tdx -> {
        if (!tdx.domain().attributes().septVeDisable()) {
          findings.weakness(
              ReasonId.SEPT_VE, Tolerance.SEPT_VE, "SEPT_VE_DISABLE", "set", "not set");
        }
        intel(tdx.platform());
      }
      case EvidenceClaims.Snp snp -> {
        if (snp.guest().policy().migrationAgent()) {
          findings.weakness(
              ReasonId.MIGRATION_AGENT,
              Tolerance.MIGRATION_AGENT,
              "migration agent",
              "none",
              "the guest policy allows one");
        }
        amd(snp.platform());
      }
      case EvidenceClaims.Tpm tpm ->
          findings.weakness(
              ReasonId.TPM_EVIDENCE,
              Tolerance.TPM_EVIDENCE,
              "isolation",
              "an enclave or a confidential VM",
              tpm.root() == Root.NONE
                  ? "none, only a TPM that no pinned root vouches for"
                  : "none, only a TPM");
    }
    endorsement(evidence)
        .ifPresent(endorsement -> new EndorsementAppraisal(endorsement, now, findings).check());
  }

  /// Returns true if the platform is not revoked and nothing that says so has ended at an instant.
  static boolean isSound(EvidenceClaims evidence, Instant instant) {
    return endorsement(evidence).filter(e -> e.ended(instant).isEmpty()).isPresent()
        && !status(evidence).equals(Optional.of(TcbStatus.REVOKED));
  }

  private static Optional<Endorsement> endorsement(EvidenceClaims evidence) {
    return switch (evidence) {
      case EvidenceClaims.Software _ -> Optional.empty();
      case EvidenceClaims.Sgx sgx -> Optional.of(sgx.platform().endorsement());
      case EvidenceClaims.Tdx tdx -> Optional.of(tdx.platform().endorsement());
      case EvidenceClaims.Snp snp -> Optional.of(snp.platform().endorsement());
      case EvidenceClaims.Tpm tpm -> tpm.machine().tpm().endorsement();
    };
  }

  private static Optional<TcbStatus> status(EvidenceClaims evidence) {
    return switch (evidence) {
      case EvidenceClaims.Software _, EvidenceClaims.Snp _, EvidenceClaims.Tpm _ ->
          Optional.empty();
      case EvidenceClaims.Sgx sgx -> Optional.of(sgx.platform().tcb().status());
      case EvidenceClaims.Tdx tdx -> Optional.of(tdx.platform().tcb().status());
    };
  }

  private void intel(IntelPlatform platform) {
    if (platform.pck().smt().orElse(false)) {
      hyperthreading("on, as the PCK certificate says");
    }
    new IntelTcbAppraisal(platform.tcb(), now, findings).check();
  }

  private void amd(SnpPlatform platform) {
    if (platform.info().smt()) {
      hyperthreading("on, as the platform info of the report says");
    }
    if (!platform.info().knownGeneration()) {
      findings.weakness(
          ReasonId.UNKNOWN_GENERATION,
          Tolerance.UNKNOWN_GENERATION,
          "generation",
          "a known one",
          "an unknown one");
    }
  }

  private void hyperthreading(String seen) {
    findings.weakness(
        ReasonId.HYPERTHREADING, Tolerance.HYPERTHREADING, "hyperthreading", "off", seen);
  }

  /// Refuses a platform that is not listed. Software evidence names none, so no list contains it.
  private void listed(List<Text> platforms) {
    var ids = ids(evidence);
    if (!platforms.isEmpty() && platforms.stream().noneMatch(p -> ids.contains(p.value()))) {
      findings.refuse(
          new Reason(
              ReasonId.PLATFORM_NOT_LISTED,
              "platform",
              platforms.stream().map(Text::value).collect(Collectors.joining(" or ")),
              ids.isEmpty() ? "none" : String.join(" and ", ids),
              platforms.getFirst().span()));
    }
  }

  private static List<String> ids(EvidenceClaims evidence) {
    return switch (evidence) {
      case EvidenceClaims.Software _ -> List.of();
      case EvidenceClaims.Sgx sgx -> ids(sgx.platform());
      case EvidenceClaims.Tdx tdx -> ids(tdx.platform());
      case EvidenceClaims.Snp snp ->
          snp.platform().chipId().map(PlatformId.AMD_CHIP_ID::of).stream().toList();
      case EvidenceClaims.Tpm tpm ->
          tpm.machine().tpm().key().map(PlatformId.TPM_KEY::of).stream().toList();
    };
  }

  private static List<String> ids(IntelPlatform platform) {
    var ids = new ArrayList<String>();
    ids.add(PlatformId.INTEL_QE_ID.of(platform.qeId()));
    ids.add(PlatformId.INTEL_PPID.of(platform.pck().ppid()));
    platform.pck().instanceId().map(PlatformId.INTEL_PLATFORM_INSTANCE_ID::of).ifPresent(ids::add);
    return ids;
  }
}
