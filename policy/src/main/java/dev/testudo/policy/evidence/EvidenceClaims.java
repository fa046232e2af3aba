package dev.testudo.policy.evidence;

import java.util.Optional;

/// What verified evidence says about a program. Bytes are lower-case hexadecimal digits everywhere
/// in this package, because policies are written so.
public sealed interface EvidenceClaims {
  /// Returns what vouches for the program.
  Isolation isolation();

  /// Returns the one value by which CAS names the program: in tickets, in the audit log, in files
  /// that ask for the identity of their program. 64 hexadecimal digits.
  String measurement();

  /// Returns whose signature the evidence rests on.
  Root root();

  /// Returns whether the host can read and change the program, because it is in debug mode.
  boolean debug();

  /// Returns true if hardware of a vendor vouches for the program. Every other evidence is shown as
  /// not hardware attested.
  default boolean isHardwareAttested() {
    return isolation().isHardware() && root() == Root.VENDOR && !debug();
  }

  /// The agent's own measurement, which nothing confirms.
  record Software(String measurement) implements EvidenceClaims {
    @Override
    public Isolation isolation() {
      return Isolation.SOFTWARE;
    }

    @Override
    public Root root() {
      return Root.NONE;
    }

    @Override
    public boolean debug() {
      return false;
    }
  }

  /// An SGX enclave.
  record Sgx(Enclave enclave, IntelPlatform platform) implements EvidenceClaims {
    @Override
    public Isolation isolation() {
      return Isolation.SGX;
    }

    @Override
    public String measurement() {
      return enclave.mrenclave();
    }

    @Override
    public Root root() {
      return platform.endorsement().root();
    }

    @Override
    public boolean debug() {
      return enclave.debug();
    }
  }

  /// A TDX trust domain.
  ///
  /// @param measurement a hash over everything that names what runs in it
  /// @param paravisor what stands between the hardware and the guest, if something does
  record Tdx(
      String measurement, TrustDomain domain, IntelPlatform platform, Optional<Paravisor> paravisor)
      implements EvidenceClaims {
    @Override
    public Isolation isolation() {
      return Isolation.TDX;
    }

    @Override
    public Root root() {
      return platform.endorsement().root();
    }

    @Override
    public boolean debug() {
      return domain.attributes().debug();
    }
  }

  /// A SEV-SNP guest.
  ///
  /// @param measurement a hash over everything that names what runs in it
  /// @param paravisor what stands between the hardware and the guest, if something does
  record Snp(
      String measurement, SnpGuest guest, SnpPlatform platform, Optional<Paravisor> paravisor)
      implements EvidenceClaims {
    @Override
    public Isolation isolation() {
      return Isolation.SEV_SNP;
    }

    @Override
    public Root root() {
      return platform.endorsement().root();
    }

    @Override
    public boolean debug() {
      return guest.policy().debug();
    }
  }

  /// A machine whose boot a TPM measured.
  ///
  /// @param measurement a hash over the registers that name the image and what was given to it
  record Tpm(String measurement, BootedMachine machine) implements EvidenceClaims {
    @Override
    public Isolation isolation() {
      return Isolation.TPM;
    }

    @Override
    public Root root() {
      return machine.tpm().endorsement().map(Endorsement::root).orElse(Root.NONE);
    }

    /// A TPM does not know.
    @Override
    public boolean debug() {
      return false;
    }

    /// True if the manufacturer of a TPM vouches for it, whose root the operator has pinned. What a
    /// TPM does not protect is a weakness that a policy must tolerate.
    @Override
    public boolean isHardwareAttested() {
      return root() == Root.VENDOR;
    }
  }
}
