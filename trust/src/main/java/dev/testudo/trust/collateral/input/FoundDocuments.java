package dev.testudo.trust.collateral.input;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import java.util.ArrayList;
import java.util.List;

/// Collects what is found in files that belong together. Documents and the certificates of their
/// signers may be in different files.
final class FoundDocuments {
  private static final int MOST_DOCUMENTS = 20_000;
  private static final long MOST_BYTES = 256L << 20;
  private static final int MOST_IGNORED = 1000;

  private final List<Document> documents = new ArrayList<>();
  private final List<Unsigned> unsigned = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final CertificatePool certificates = new CertificatePool();
  private long bytes;

  /// A document whose signer's certificates came separately.
  private record Unsigned(DocumentId id, Octets body, String signer, String file) {}

  void add(DocumentId id, byte[] body, String issuerChain) throws CollateralException {
    add(new Document(id, Octets.of(body), Octets.of(issuerChain.getBytes(US_ASCII))));
  }

  void add(Document document) throws CollateralException {
    count(document.body().length() + document.issuerChain().length());
    documents.add(document);
  }

  /// Adds a document that comes without its signer's certificates.
  ///
  /// @param signer the common name of the signer
  void addWithoutChain(DocumentId id, byte[] body, String signer, String file)
      throws CollateralException {
    count(body.length);
    unsigned.add(new Unsigned(id, Octets.of(body), signer, file));
  }

  private void count(int more) throws CollateralException {
    bytes += more;
    if (documents.size() + unsigned.size() == MOST_DOCUMENTS || bytes > MOST_BYTES) {
      throw new CollateralException(
          Fault.MALFORMED,
          "there are more than %d documents, or more than %d bytes; import them in parts"
              .formatted(MOST_DOCUMENTS, MOST_BYTES));
    }
    if (more > 2 * Document.MOST_BYTES) {
      throw new CollateralException(
          Fault.MALFORMED, "a document has more than %d bytes".formatted(Document.MOST_BYTES));
    }
  }

  /// Returns the certificates that were found.
  CertificatePool certificates() {
    return certificates;
  }

  /// Notes that a part is not kept.
  ///
  /// @param file where it is; may be empty
  void ignore(String file, String why) {
    if (ignored.size() < MOST_IGNORED) {
      ignored.add(file.isEmpty() ? why : file + ": " + why);
    }
  }

  CollateralInput complete() {
    for (var one : unsigned) {
      var chain = certificates.intelChain(one.signer);
      if (chain.isEmpty()) {
        ignore(
            one.file,
            "`%s` comes without the certificate `%s` of its signer".formatted(one.id, one.signer));
      } else {
        documents.add(new Document(one.id, one.body, Octets.of(chain.get().getBytes(US_ASCII))));
      }
    }
    documents.addAll(certificates.amdChains());
    return new CollateralInput(documents, ignored);
  }
}
