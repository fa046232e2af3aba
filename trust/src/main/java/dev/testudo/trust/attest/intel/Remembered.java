package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.intel.IntelDocuments.Signed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Verifies documents, or remembers that the same bytes were verified under the same roots. Not
/// thread-safe.
final class Remembered {
  private final VerificationContext context;
  private Octets chainPem = Octets.of(new byte[0]);
  private Optional<IntelChain> chain = Optional.empty();

  Remembered(VerificationContext context) {
    this.context = context;
  }

  private record SignedTcbInfo(Signed<TcbInfo> value) {}

  private record SignedQeIdentity(Signed<QeIdentity> value) {}

  Signed<TcbInfo> tcbInfo(Document document, Tee tee) throws EvidenceException {
    return context
        .memory()
        .remember(
            SignedTcbInfo.class,
            "TCB info",
            inputs(document, tee),
            () -> new SignedTcbInfo(IntelDocuments.tcbInfo(document, tee, this::chain)))
        .value();
  }

  Signed<QeIdentity> qeIdentity(Document document, Tee tee) throws EvidenceException {
    return context
        .memory()
        .remember(
            SignedQeIdentity.class,
            "QE identity",
            inputs(document, tee),
            () -> new SignedQeIdentity(IntelDocuments.qeIdentity(document, tee, this::chain)))
        .value();
  }

  IntelCrl crl(Document document, IntelCertificate issuer) throws EvidenceException {
    var key = issuer.key();
    return context
        .memory()
        .remember(
            IntelCrl.class,
            "CRL",
            List.of(document.body(), issuer.subject(), Octets.of(key.point())),
            () -> IntelCrl.verify(document, issuer.subject(), key));
  }

  /// TCB info and QE identity mostly have the same chain.
  private IntelChain chain(Octets pem) throws EvidenceException {
    if (chain.isEmpty() || !pem.equals(chainPem)) {
      chain = Optional.of(IntelDocuments.chains(context.roots()).verify(pem));
      chainPem = pem;
    }
    return chain.get();
  }

  private List<Octets> inputs(Document document, Tee tee) {
    var inputs = new ArrayList<>(SignedQuote.roots(context.roots()));
    inputs.add(Octets.of(tee.text().getBytes(StandardCharsets.US_ASCII)));
    inputs.add(document.body());
    inputs.add(document.issuerChain());
    return inputs;
  }
}
