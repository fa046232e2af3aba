package dev.testudo.trust.collateral;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.time.Instant;
import java.util.OptionalLong;

/// Documents whose body says in plain text what a verifier finds in it: `genuine NUMBER ISSUED
/// ENDS`. Everything else is not genuine.
public final class TestDocuments {
  /// The instant of most tests.
  public static final Instant NOW = Instant.parse("2025-06-10T00:00:00Z");

  /// Understands these documents.
  public static final DocumentVerifier VERIFIER = TestDocuments::verify;

  private TestDocuments() {}

  /// Returns a document of an evaluation, issued on a day of June 2025, that ends in July.
  public static Document genuine(String name, int evaluation, int day) {
    return document(
        name, "genuine %d 2025-06-%02dT00:00:00Z 2025-07-10T00:00:00Z".formatted(evaluation, day));
  }

  /// Returns a document with any body.
  public static Document document(String name, String body) {
    return new Document(
        DocumentId.parse(name).orElseThrow(),
        Octets.of(body.getBytes(UTF_8)),
        Octets.of("chain\n".getBytes(UTF_8)));
  }

  private static DocumentFacts verify(Document document) throws EvidenceException {
    var words = new String(document.body().toBytes(), UTF_8).split(" ", -1);
    if (words.length != 4 || !words[0].equals("genuine")) {
      throw new EvidenceException(RejectionId.COLLATERAL_WRONG, "its signature is wrong");
    }
    return new DocumentFacts(
        Instant.parse(words[2]),
        Instant.parse(words[3]),
        Instant.parse("2030-01-01T00:00:00Z"),
        OptionalLong.of(Long.parseLong(words[1])));
  }
}
