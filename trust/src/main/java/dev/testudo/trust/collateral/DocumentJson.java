package dev.testudo.trust.collateral;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.nio.charset.StandardCharsets;

/// The JSON of one document, in folders and bundles (docs/formats/collateral.md).
final class DocumentJson {
  /// The most bytes of the JSON of one document: base64 of a body, and a chain.
  static final int MOST_BYTES = 3 * Document.MOST_BYTES;

  private DocumentJson() {}

  static JsonValue encode(StoredDocument stored) {
    var document = stored.document();
    var chain = new String(document.issuerChain().toBytes(), StandardCharsets.US_ASCII);
    return new JsonBuilder()
        .put("document", document.id().toString())
        .put("received", stored.received().toString())
        .put("issuer_chain", chain)
        .put("body", document.body().base64())
        .build();
  }

  static StoredDocument decode(JsonValue value) throws MessageException {
    var members = JsonMembers.of(value, "document");
    var name = members.text("document");
    var id =
        DocumentId.parse(name)
            .orElseThrow(() -> members.wrong("document", "the name of a document"));
    var received = members.instant("received");
    var chain = Octets.of(members.text("issuer_chain").getBytes(StandardCharsets.UTF_8));
    var body = body(members);
    members.done();
    if (body.length() > Document.MOST_BYTES || chain.length() > Document.MOST_BYTES) {
      throw new MessageException(
          "the document is longer than %d bytes".formatted(Document.MOST_BYTES));
    }
    return new StoredDocument(new Document(id, body, chain), received);
  }

  private static Octets body(JsonMembers members) throws MessageException {
    try {
      return Octets.ofBase64(members.text("body"));
    } catch (IllegalArgumentException e) {
      throw members.wrong("body", "base64");
    }
  }
}
