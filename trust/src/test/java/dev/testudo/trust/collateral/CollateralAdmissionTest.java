package dev.testudo.trust.collateral;

import static dev.testudo.trust.collateral.TestDocuments.NOW;
import static dev.testudo.trust.collateral.TestDocuments.document;
import static dev.testudo.trust.collateral.TestDocuments.genuine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.collateral.CollateralAdmission.Outcome;
import dev.testudo.trust.collateral.CollateralException.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollateralAdmissionTest {
  private static final String TCB = "sgx-tcb-info-00906ed50000";

  @TempDir private Path work;

  private CollateralFolder folder;
  private CollateralAdmission admission;

  @BeforeEach
  void folder() throws IOException {
    folder = CollateralFolder.open(work.resolve("collateral"));
    admission = new CollateralAdmission(folder, TestDocuments.VERIFIER, false);
  }

  private Outcome admit(Document document) throws IOException {
    return admission.admit(document, NOW).outcome();
  }

  private CollateralException refused(Document document, Instant now) {
    return assertThrows(CollateralException.class, () -> admission.admit(document, now));
  }

  private Optional<Document> stored() throws IOException {
    return folder.collateral().find(genuine(TCB, 0, 1).id());
  }

  @Test
  void aGenuineDocumentIsKeptAndItsSuccessorReplacesIt() throws IOException {
    assertEquals(Outcome.ADDED, admit(genuine(TCB, 17, 1)));
    assertEquals(Outcome.UNCHANGED, admit(genuine(TCB, 17, 1)));
    assertEquals(Outcome.REPLACED, admit(genuine(TCB, 17, 2)));
    assertEquals(Outcome.REPLACED, admit(genuine(TCB, 18, 2)));
    assertEquals(Optional.of(genuine(TCB, 18, 2)), stored());
  }

  @Test
  void aDocumentThatIsNotGenuineIsNotKept() throws IOException {
    var refusal = refused(document(TCB, "forged"), NOW);
    assertEquals(Fault.NOT_GENUINE, refusal.fault());
    assertEquals("`%s` is refused: its signature is wrong".formatted(TCB), refusal.getMessage());
    assertEquals(Optional.empty(), stored());
  }

  @Test
  void aDocumentThatHasEndedIsNotKept() throws IOException {
    var end = Instant.parse("2025-07-10T00:00:00Z");
    assertEquals(Fault.OUTSIDE_VALIDITY, refused(genuine(TCB, 17, 1), end.plusSeconds(1)).fault());
    assertEquals(Optional.empty(), stored());
    assertEquals(Outcome.ADDED, admission.admit(genuine(TCB, 17, 1), end).outcome());
  }

  @Test
  void aDocumentOfTheFutureIsNotKeptUnlessTheClocksDifferALittle() throws IOException {
    var issued = Instant.parse("2025-06-20T00:00:00Z");
    assertEquals(
        Fault.OUTSIDE_VALIDITY, refused(genuine(TCB, 17, 20), issued.minusSeconds(601)).fault());
    assertEquals(
        Outcome.ADDED, admission.admit(genuine(TCB, 17, 20), issued.minusSeconds(600)).outcome());
  }

  @Test
  void anEarlierEvaluationIsRefusedEvenIfItWasIssuedLater() throws IOException {
    admit(genuine(TCB, 19, 1));
    var refusal = refused(genuine(TCB, 17, 5), NOW);
    assertEquals(Fault.OLDER, refusal.fault());
    assertEquals(
        "`%s` is refused: its evaluation number is 17, and the folder has 19; `--allow-older` goes back"
            .formatted(TCB),
        refusal.getMessage());
    assertEquals(Optional.of(genuine(TCB, 19, 1)), stored());
  }

  @Test
  void anEarlierIssueIsRefused() throws IOException {
    admit(genuine(TCB, 19, 5));
    assertEquals(Fault.OLDER, refused(genuine(TCB, 19, 4), NOW).fault());
    assertEquals(Optional.of(genuine(TCB, 19, 5)), stored());
  }

  @Test
  void theOperatorCanGoBack() throws IOException {
    admit(genuine(TCB, 19, 5));
    var back = new CollateralAdmission(folder, TestDocuments.VERIFIER, true);
    assertEquals(Outcome.REPLACED, back.admit(genuine(TCB, 17, 4), NOW).outcome());
    assertEquals(Optional.of(genuine(TCB, 17, 4)), stored());
  }

  @Test
  void documentsOfOtherNamesDoNotMatter() throws IOException {
    admit(genuine("tdx-tcb-info-00906ed50000", 19, 5));
    assertEquals(Outcome.ADDED, admit(genuine(TCB, 17, 4)));
  }

  @Test
  void whatIsThereButNotGenuineProtectsNothing() throws IOException {
    try (var change = folder.change()) {
      change.put(new StoredDocument(document(TCB, "forged 99"), NOW));
    }
    assertEquals(Outcome.REPLACED, admit(genuine(TCB, 1, 1)));
    Files.writeString(folder.directory().resolve(TCB + ".json"), "garbage");
    assertEquals(Outcome.ADDED, admit(genuine(TCB, 1, 1)));
    assertEquals(Optional.of(genuine(TCB, 1, 1)), stored());
  }
}
