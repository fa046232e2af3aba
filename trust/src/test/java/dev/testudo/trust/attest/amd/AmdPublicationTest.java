package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.AmdChain;
import dev.testudo.trust.attest.evidence.DocumentId.AmdCrl;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.DocumentId.Vcek;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.generator.AmdKeys;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What AMD publishes is kept only if it is genuine, and about what it is kept as.
class AmdPublicationTest {
  private static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-01-01T00:00:00Z");
  private static final AmdChain CHAIN = new AmdChain("Milan", SnpKey.VCEK);
  private static final AmdCrl CRL = new AmdCrl("Milan", SnpKey.VCEK);
  private static final SnpTcb TCB = new SnpTcb(Optional.empty(), 3, 0, 8, 0x73);
  private static final Vcek VCEK = new Vcek("Milan", AmdPlatform.CHIP, TCB);

  private final AmdPlatform platform = AmdPlatform.vcek(Product.MILAN);

  private static Document document(DocumentId id, Octets body) {
    return new Document(id, body, Octets.of(new byte[0]));
  }

  private AmdPublication verify(DocumentId id, Octets body) throws EvidenceException {
    var chain = document(CHAIN, platform.pem());
    Collateral chains = asked -> asked.equals(CHAIN) ? Optional.of(chain) : Optional.empty();
    return AmdPublication.verify(document(id, body), chains, platform.roots());
  }

  private void assertRefused(RejectionId id, DocumentId document, Octets body) {
    var refused = assertThrows(EvidenceException.class, () -> verify(document, body));
    assertEquals(id, refused.id(), refused.reason());
  }

  @Test
  void aChainIsValidAsLongAsAllOfIt() throws EvidenceException {
    platform.intermediate().valid(BEGIN, END);
    assertEquals(new AmdPublication(BEGIN, END, END), verify(CHAIN, platform.pem()));
  }

  @Test
  void aChainOfAnotherRootOrGenerationIsRefused() {
    var roots = AmdPlatform.vcek(Product.MILAN).roots();
    platform.root().serial(77);
    var document = document(CHAIN, platform.pem());
    var refused =
        assertThrows(
            EvidenceException.class, () -> AmdPublication.verify(document, Collateral.NONE, roots));
    assertEquals(RejectionId.COLLATERAL_WRONG, refused.id());
    assertRefused(RejectionId.COLLATERAL_WRONG, new AmdChain("Genoa", SnpKey.VCEK), platform.pem());
    assertRefused(RejectionId.COLLATERAL_WRONG, new AmdChain("Milan", SnpKey.VLEK), platform.pem());
    assertRefused(RejectionId.COLLATERAL_WRONG, new AmdChain("Rome", SnpKey.VCEK), platform.pem());
  }

  @Test
  void anAuthorityThatTheRootDidNotSignIsRefused() {
    platform.intermediate().signer(AmdKeys.intermediate().getPrivate());
    assertRefused(RejectionId.COLLATERAL_WRONG, CHAIN, platform.pem());
  }

  @Test
  void aCertificateOfAChipIsTheOneOfItsName() throws EvidenceException {
    platform.leaf().valid(BEGIN, END);
    var leaf = platform.leaf().build();
    assertEquals(END, verify(VCEK, leaf).ends());
    var otherChip = new Vcek("Milan", "0b".repeat(64), TCB);
    assertRefused(RejectionId.COLLATERAL_MISMATCH, otherChip, leaf);
    var otherTcb = new Vcek("Milan", AmdPlatform.CHIP, new SnpTcb(Optional.empty(), 3, 0, 8, 0x74));
    assertRefused(RejectionId.COLLATERAL_MISMATCH, otherTcb, leaf);
  }

  @Test
  void aCertificateThatTheAuthorityDidNotSignIsRefused() {
    platform.leaf().signer(AmdKeys.root().getPrivate());
    assertRefused(RejectionId.COLLATERAL_WRONG, VCEK, platform.leaf().build());
  }

  @Test
  void withoutItsChainACertificateIsNotKeptAndTheChainIsNamed() {
    var leaf = document(VCEK, platform.leaf().build());
    var refused =
        assertThrows(
            EvidenceException.class,
            () -> AmdPublication.verify(leaf, Collateral.NONE, platform.roots()));
    assertEquals(RejectionId.COLLATERAL_MISSING, refused.id());
    assertEquals(Set.of(CHAIN), refused.missing());
  }

  @Test
  void aRevocationListIsByTheRoot() throws EvidenceException {
    var published = verify(CRL, platform.crl().valid(BEGIN, END).build());
    assertEquals(BEGIN, published.issued());
    assertEquals(END, published.ends());
    var ofGenoa = AmdPlatform.vcek(Product.GENOA).crl().build();
    assertRefused(RejectionId.COLLATERAL_WRONG, CRL, ofGenoa);
  }
}
