package dev.testudo.policy.decision;

import dev.testudo.policy.evidence.BootedMachine;
import dev.testudo.policy.evidence.Enclave;
import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.ImageSection;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.IntelPlatform.Pck;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.IntelTcb.Part;
import dev.testudo.policy.evidence.IntelTcb.PartKind;
import dev.testudo.policy.evidence.Paravisor;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.evidence.SnpGuest;
import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.policy.evidence.SnpPlatformInfo;
import dev.testudo.policy.evidence.SnpPolicy;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.policy.evidence.TcbShortfall;
import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.policy.evidence.TdAttributes;
import dev.testudo.policy.evidence.TrustDomain;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Claims of platforms without a fault, for tests that change one thing.
final class TestClaims {
  /// An instant at which all of them are valid.
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /// The end of the documents behind all of them.
  static final Instant END = NOW.plusSeconds(3600);

  static final String QE_ID = "0a".repeat(16);
  static final String PPID = "11".repeat(16);
  static final String INSTANCE = "22".repeat(16);
  static final String CHIP = "33".repeat(64);
  static final String MRTD = "d0".repeat(48);
  static final String CONFIG = "c0".repeat(32);
  static final String LAUNCHED = "e0".repeat(48);
  static final String HOST_DATA = "f0".repeat(32);
  static final String ID_KEY = "a0".repeat(48);
  static final String IMAGE = "b0".repeat(16);
  static final String PCR = "5a".repeat(32);
  static final String UKI = "5b".repeat(32);
  static final String INITRD = "5c".repeat(32);
  static final String TPM_KEY = "5d".repeat(32);

  /// Without DEBUG, with SEPT_VE_DISABLE.
  static final String SAFE_DOMAIN = "0000001000000000";

  /// Without debugging and without a migration agent.
  static final long SAFE_GUEST = 0x30000;

  private static final String ZEROS = "00".repeat(48);

  private TestClaims() {}

  /// A machine that booted an image, with nothing given to it from outside.
  ///
  /// @param endorsement who vouches for its TPM
  static EvidenceClaims.Tpm tpm(Optional<Endorsement> endorsement) {
    return tpm(endorsement, ZEROS.substring(0, 64));
  }

  /// A machine whose image was given something from outside.
  ///
  /// @param given the value of register 12
  static EvidenceClaims.Tpm tpm(Optional<Endorsement> endorsement, String given) {
    var pcrs = new TreeMap<Integer, String>();
    for (var number = 0; number < 24; number++) {
      pcrs.put(number, number == 12 ? given : ZEROS.substring(0, 64));
    }
    pcrs.put(11, PCR);
    return new EvidenceClaims.Tpm(
        "ab".repeat(32),
        new BootedMachine(
            pcrs,
            List.of(UKI, "0f".repeat(32)),
            Map.of(ImageSection.INITRD, INITRD),
            new BootedMachine.Tpm(
                Optional.of(TPM_KEY), Optional.empty(), endorsement, "0000000000000001")));
  }

  static EvidenceClaims.Sgx sgx(String mrenclave) {
    return sgx(mrenclave, new Enclave.Signer("00".repeat(32), 0, 0), QE_ID);
  }

  static EvidenceClaims.Sgx sgx(String mrenclave, Enclave.Signer signer, String qeId) {
    return new EvidenceClaims.Sgx(enclave(mrenclave, signer, "05"), intel(qeId));
  }

  /// An enclave on a platform of one's own.
  static EvidenceClaims.Sgx sgx(String mrenclave, IntelPlatform platform) {
    return new EvidenceClaims.Sgx(
        enclave(mrenclave, new Enclave.Signer("00".repeat(32), 0, 0), "05"), platform);
  }

  static EvidenceClaims.Sgx debugged(String mrenclave) {
    return new EvidenceClaims.Sgx(
        enclave(mrenclave, new Enclave.Signer("00".repeat(32), 0, 0), "07"), intel(QE_ID));
  }

  private static Enclave enclave(String mrenclave, Enclave.Signer signer, String flags) {
    return new Enclave(mrenclave, signer, flags + "00".repeat(15), "00".repeat(64));
  }

  static IntelPlatform intel(String qeId) {
    return intel(qeId, tcb(TcbStatus.UP_TO_DATE), false, endorsement(Root.VENDOR));
  }

  static IntelPlatform intel(IntelTcb tcb) {
    return intel(QE_ID, tcb, false, endorsement(Root.VENDOR));
  }

  static IntelPlatform intel(Endorsement endorsement) {
    return intel(QE_ID, tcb(TcbStatus.UP_TO_DATE), false, endorsement);
  }

  static IntelPlatform withThreads() {
    return intel(QE_ID, tcb(TcbStatus.UP_TO_DATE), true, endorsement(Root.VENDOR));
  }

  private static IntelPlatform intel(
      String qeId, IntelTcb tcb, boolean smt, Endorsement endorsement) {
    var pck = new Pck("00906ed50000", PPID, Optional.of(INSTANCE), Optional.of(smt));
    return new IntelPlatform(pck, qeId, tcb, endorsement);
  }

  /// A TCB whose one part has the status and the advisories.
  static IntelTcb tcb(TcbStatus status, String... advisories) {
    var lacks = new TcbShortfall("SGX component 7", 3, 5);
    var part =
        new Part(
            PartKind.PLATFORM,
            status,
            Instant.parse("2024-03-13T00:00:00Z"),
            List.of(advisories),
            status == TcbStatus.UP_TO_DATE ? List.of() : List.of(lacks));
    return new IntelTcb(status, List.of(part), 17);
  }

  static Endorsement endorsement(Root root) {
    return new Endorsement(root, List.of(new Expiry("TCB info 00906ed50000", END, true)));
  }

  static EvidenceClaims.Tdx tdx() {
    return tdx(SAFE_DOMAIN, "00".repeat(48), Optional.empty());
  }

  static EvidenceClaims.Tdx tdx(
      String attributes, String mrservicetd, Optional<Paravisor> paravisor) {
    var domain =
        new TrustDomain(
            MRTD,
            List.of("10".repeat(48), "20".repeat(48), "30".repeat(48), "40".repeat(48)),
            new TrustDomain.Owner(CONFIG + "00".repeat(16), ZEROS, ZEROS),
            new TrustDomain.Module("50".repeat(48), ZEROS, "00".repeat(16), mrservicetd),
            new TdAttributes(attributes),
            "e700060000000000");
    return new EvidenceClaims.Tdx("cc".repeat(32), domain, intel(QE_ID), paravisor);
  }

  static EvidenceClaims.Snp snp() {
    return snp(SAFE_GUEST, 0, amd(0x24, true));
  }

  static EvidenceClaims.Snp snp(long policy, int vmpl, SnpPlatform platform) {
    return new EvidenceClaims.Snp("dd".repeat(32), guest(policy, vmpl), platform, Optional.empty());
  }

  static EvidenceClaims.Snp behind(Paravisor paravisor) {
    return new EvidenceClaims.Snp(
        "dd".repeat(32), guest(SAFE_GUEST, 0), amd(0x24, true), Optional.of(paravisor));
  }

  private static SnpGuest guest(long policy, int vmpl) {
    return new SnpGuest(
        LAUNCHED,
        HOST_DATA,
        new SnpGuest.Owner(ID_KEY, ZEROS, "00".repeat(16), IMAGE, 5),
        vmpl,
        new SnpPolicy(policy),
        "77".repeat(32));
  }

  static Paravisor paravisor(SortedMap<Integer, String> pcrs) {
    return new Paravisor("Microsoft Azure", pcrs, true, "vm");
  }

  /// A platform with the given platform info.
  static SnpPlatform amd(long info, boolean known) {
    return amd(info, known, Optional.of(CHIP));
  }

  static SnpPlatform amd(long info, boolean known, Optional<String> chip) {
    var committed = new SnpTcb(Optional.empty(), 4, 0, 22, 213);
    var launch = new SnpTcb(Optional.empty(), 4, 0, 23, 213);
    var reported = new SnpTcb(Optional.empty(), 4, 0, 24, 213);
    return new SnpPlatform(
        "Milan",
        new SnpPlatform.Signer.Vcek(),
        chip,
        new SnpPlatform.Versions(committed, launch, reported, reported),
        new SnpPlatformInfo(info, known),
        endorsement(Root.VENDOR));
  }
}
