package dev.testudo.policy.decision;

import dev.testudo.policy.evidence.Enclave;
import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.IntelPlatform.Pck;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.IntelTcb.Part;
import dev.testudo.policy.evidence.IntelTcb.PartKind;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.evidence.TcbStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Claims of platforms without a fault, for tests that change one thing.
final class TestClaims {
  /// An instant at which all of them are valid.
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  static final String QE_ID = "0a".repeat(16);

  private TestClaims() {}

  static EvidenceClaims.Sgx sgx(String mrenclave) {
    return sgx(mrenclave, new Enclave.Signer("00".repeat(32), 0, 0), QE_ID);
  }

  static EvidenceClaims.Sgx sgx(String mrenclave, Enclave.Signer signer, String qeId) {
    var attributes = "05" + "00".repeat(15);
    return new EvidenceClaims.Sgx(
        new Enclave(mrenclave, signer, attributes, "00".repeat(64)), intel(qeId));
  }

  static IntelPlatform intel(String qeId) {
    var pck =
        new Pck("00906ed50000", "11".repeat(16), Optional.of("22".repeat(16)), Optional.of(false));
    var part = new Part(PartKind.PLATFORM, TcbStatus.UP_TO_DATE, NOW, List.of(), List.of());
    var end = new Expiry("TCB info 00906ed50000", NOW.plusSeconds(3600), true);
    return new IntelPlatform(
        pck,
        qeId,
        new IntelTcb(TcbStatus.UP_TO_DATE, List.of(part), 17),
        new Endorsement(Root.VENDOR, List.of(end)));
  }
}
