package dev.testudo.trust.attest.amd;

import static dev.testudo.trust.attest.amd.Generated.AT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.trust.attest.MemoryProbe;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.AmdKeys;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.CertificateTableBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a stranger can make a verifier of SEV-SNP reports do.
class AmdStrangerTest {
  private static final int STEPS_OF_A_REPORT = 1; // the chain

  private static Verification verify(
      AmdPlatform platform, Octets table, HardwareRoots roots, MemoryProbe probe) {
    return Verifier.verify(
        new Evidence.SnpReport(platform.signedReport(), Optional.of(table)),
        Optional.empty(),
        new VerificationContext(Collateral.NONE, roots, AT, Duration.ZERO, probe.memory()));
  }

  /// The refusal is the same whether the signatures are good or not, and names the root: nobody has
  /// looked at a signature.
  @Test
  void aRootThatIsNotPinnedIsRefusedBeforeAnySignatureIsVerified() throws EvidenceException {
    var good = AmdPlatform.vcek(Product.MILAN);
    var forged = AmdPlatform.vcek(Product.MILAN);
    forged.leaf().signer(AmdKeys.rsa().getPrivate());
    forged.intermediate().signer(AmdKeys.rsa().getPrivate());
    for (var platform : List.of(good, forged)) {
      var probe = new MemoryProbe(0);
      var root = good.roots().amd().getFirst().sha256().hex();
      var verification = verify(platform, platform.table(), HardwareRoots.vendor(), probe);
      var rejected = assertInstanceOf(Rejected.class, verification, verification.toString());
      assertEquals(RejectionId.UNTRUSTED_CHAIN, rejected.id());
      assertEquals(
          "the root of the chain (SHA-256 %s) is not the pinned root of Milan".formatted(root),
          rejected.reason());
      probe.assertNoMoreSteps();
    }
  }

  @Test
  void whatSurroundsTheCertificatesIsNotRemembered() throws EvidenceException {
    var platform = AmdPlatform.vcek(Product.MILAN);
    var probe = new MemoryProbe(STEPS_OF_A_REPORT);
    var leaf = platform.leaf().build();
    var intermediate = platform.intermediate().build();
    var root = platform.root().build();
    var roots = platform.roots();
    for (var swapped : List.of(false, true)) {
      var table =
          new CertificateTableBuilder()
              .add(CertificateTableBuilder.ASK, swapped ? root : intermediate)
              .add(CertificateTableBuilder.VCEK, leaf)
              .add(CertificateTableBuilder.ARK, swapped ? intermediate : root)
              .build();
      assertInstanceOf(Verified.class, verify(platform, table, roots, probe));
    }
    probe.assertNoMoreSteps();
  }
}
