package dev.testudo.cli.attest;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.Paravisor;
import dev.testudo.trust.attest.evidence.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a policy should look at: the bits of registers in words.
final class WeaknessFields {
  private WeaknessFields() {}

  static List<Field> of(EvidenceClaims claims) {
    return switch (claims) {
      case EvidenceClaims.Software _ -> List.of();
      case EvidenceClaims.Sgx sgx -> smt(sgx.platform());
      case EvidenceClaims.Tdx tdx -> of(tdx);
      case EvidenceClaims.Snp snp -> of(snp);
      case EvidenceClaims.Tpm tpm -> of(tpm);
    };
  }

  private static List<Field> of(EvidenceClaims.Tdx tdx) {
    var fields = new ArrayList<>(smt(tdx.platform()));
    var domain = tdx.domain();
    fields.add(
        bit(
            "service domain",
            domain.module().hasServiceDomain(),
            "another domain can read and change this one"));
    fields.add(
        bit(
            "SEPT_VE_DISABLE",
            domain.attributes().septVeDisable(),
            "the host cannot make the guest handle pages that it took away"));
    fields.addAll(paravisor(tdx.paravisor()));
    return fields;
  }

  private static List<Field> of(EvidenceClaims.Snp snp) {
    var policy = snp.guest().policy();
    var info = snp.platform().info();
    var fields = new ArrayList<Field>();
    fields.add(bit("SMT allowed", policy.smtAllowed(), "threads of others may share a core"));
    fields.add(bit("SMT on", info.smt(), "threads share a core"));
    fields.add(bit("migration agent", policy.migrationAgent(), "it can export the memory"));
    fields.add(bit("CXL allowed", policy.cxlAllowed(), "memory may be behind a link"));
    fields.add(bit("ciphertext hiding", info.ciphertextHiding(), "the host sees no ciphertext"));
    fields.add(bit("RAPL off", info.raplDisabled(), "the host cannot measure power"));
    fields.add(bit("alias check", info.aliasCheck(), "no two addresses are the same memory"));
    fields.add(bit("ECC", info.ecc(), "the memory corrects errors"));
    fields.add(bit("TSME", info.tsme(), "all memory is encrypted"));
    fields.add(bit("provisional firmware", snp.platform().tcb().provisional(), "it can go back"));
    fields.add(Field.of("VMPL", "" + snp.guest().vmpl(), "who asked; 0 is the highest privilege"));
    fields.add(bit("known generation", info.knownGeneration(), "of the processor"));
    fields.addAll(paravisor(snp.paravisor()));
    return fields;
  }

  private static List<Field> of(EvidenceClaims.Tpm tpm) {
    return List.of(
        Field.of("isolation", "none", "the host can read and change the program"),
        Field.of(
            "TPM",
            tpm.machine().tpm().key().orElse("unknown"),
            "the SHA-256 of its endorsement key, if it was challenged"));
  }

  private static List<Field> smt(IntelPlatform platform) {
    return platform.pck().smt().map(on -> bit("SMT on", on, "threads share a core")).stream()
        .toList();
  }

  private static List<Field> paravisor(Optional<Paravisor> paravisor) {
    return paravisor
        .map(
            one ->
                Field.of(
                    "paravisor",
                    one.provider(),
                    "the hardware's measurement is of this software, not of the guest"))
        .stream()
        .toList();
  }

  private static Field bit(String name, boolean set, String meaning) {
    return Field.of(name, set ? "yes" : "no", "yes: " + meaning);
  }
}
