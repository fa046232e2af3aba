package dev.testudo.trust.attest.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class IntelPublicationTest {
  private final IntelPlatformMaker maker = IntelPlatformMaker.of(Kind.TDX_4);

  @Test
  void everyDocumentSaysWhenItEnds() throws EvidenceException {
    for (var document : maker.documents().values()) {
      var publication = IntelPublication.verify(document, maker.roots());
      assertEquals(IntelPlatformMaker.AT.minusSeconds(86_400), publication.issued());
      assertEquals(IntelPlatformMaker.AT.plusSeconds(86_400 * 29L), publication.nextUpdate());
      var signerEnds =
          document.id() instanceof DocumentId.IntelRootCrl
              ? publication.nextUpdate()
              : IntelPlatformMaker.AT.plusSeconds(86_400 * 365L);
      assertEquals(signerEnds, publication.signerEnds());
      var number =
          switch (document.id()) {
            case DocumentId.TcbInfo _ -> OptionalInt.of(20);
            case DocumentId.QeIdentity _ -> OptionalInt.of(21);
            default -> OptionalInt.empty();
          };
      assertEquals(number, publication.evaluationNumber());
    }
  }

  @Test
  void documentsOfAnotherManufacturerAreRefused() {
    for (var roots : List.of(HardwareRoots.NONE, IntelPlatformMaker.of(Kind.TDX_4).roots())) {
      for (var document : maker.documents().values()) {
        var refusal =
            assertThrows(EvidenceException.class, () -> IntelPublication.verify(document, roots));
        assertEquals(RejectionId.COLLATERAL_WRONG, refusal.id());
      }
    }
  }

  @Test
  void documentsUnderAnotherNameAreRefused() {
    refused(
        new DocumentId.TcbInfo(Tee.TDX, "00906ea10000"),
        new DocumentId.TcbInfo(Tee.TDX, "b0c06f000000"));
    refused(new DocumentId.PckCrl(PckCa.PLATFORM), new DocumentId.PckCrl(PckCa.PROCESSOR));
  }

  private void refused(DocumentId id, DocumentId other) {
    var document = Objects.requireNonNull(maker.documents().get(id));
    var renamed = new Document(other, document.body(), document.issuerChain());
    assertEquals(
        RejectionId.COLLATERAL_MISMATCH,
        assertThrows(EvidenceException.class, () -> IntelPublication.verify(renamed, maker.roots()))
            .id());
  }
}
