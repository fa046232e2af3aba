package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.EcdsaKey;
import dev.testudo.trust.pki.EcdsaKey.Curve;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Verifies the signatures from a pinned key down to a quote. Dates are not checked here.
final class SignedQuote {
  private SignedQuote() {}

  /// Returns the certificate of the platform that made a quote.
  static PckCertificate verify(Quote quote, VerificationContext context, Checks checks)
      throws EvidenceException {
    var signature = quote.signature();
    var pck = pck(signature.pckChain(), context);
    checks.passed(
        Check.PCK_CHAIN,
        "to Intel's root (%s), %s CA".formatted(pck.chain().root(), pck.ca().text()));
    var key = attestationKey(signature, pck, context);
    checks.passed(Check.QE_REPORT, "signed by the PCK key, names the attestation key");
    verify(key, quote.signed(), signature.signature(), "the quote is not signed by its key");
    checks.passed(Check.QUOTE_SIGNATURE, "by the attestation key");
    return pck;
  }

  /// The key of the memory is made of the certificates in a fixed order. White space and order of
  /// the text, which anybody can change, do not count.
  private static PckCertificate pck(Octets pem, VerificationContext context)
      throws EvidenceException {
    var certificates = PckCertificate.read(pem);
    var inputs = new ArrayList<>(roots(context.roots()));
    certificates.stream().sorted(Comparator.comparing(Octets::hex)).forEach(inputs::add);
    return context
        .memory()
        .remember(
            PckCertificate.class,
            "PCK chain",
            inputs,
            () -> PckCertificate.verify(certificates, context.roots()));
  }

  /// Returns all that verification depends on of the pinned roots.
  static List<Octets> roots(HardwareRoots roots) {
    var inputs = new ArrayList<Octets>();
    for (var root : roots.intel()) {
      inputs.add(root.point());
      inputs.add(Octets.of(root.kind().name().getBytes(StandardCharsets.US_ASCII)));
    }
    return inputs;
  }

  /// Verifies that the quoting enclave of a platform generated the attestation key.
  private static EcdsaKey attestationKey(
      QuoteSignature signature, PckCertificate pck, VerificationContext context)
      throws EvidenceException {
    var pckKey = pck.chain().leaf().key();
    return context
        .memory()
        .remember(
            EcdsaKey.class,
            "QE report",
            List.of(
                Octets.of(pckKey.point()),
                signature.qeReport().bytes(),
                signature.qeReportSignature(),
                signature.attestationKey(),
                signature.qeAuthData()),
            () -> attestationKey(signature, pckKey));
  }

  private static EcdsaKey attestationKey(QuoteSignature signature, EcdsaKey pckKey)
      throws EvidenceException {
    verify(
        pckKey,
        signature.qeReport().bytes(),
        signature.qeReportSignature(),
        "the report of the quoting enclave is not signed by the key of the PCK certificate");
    var sha256 = Measurement.sha256();
    sha256.update(signature.attestationKey().buffer());
    sha256.update(signature.qeAuthData().buffer());
    var data = signature.qeReport().reportData();
    if (!data.slice(0, 32).equals(Octets.of(sha256.digest())) || !data.slice(32, 32).isZero()) {
      throw wrong("the report of the quoting enclave is about another attestation key");
    }
    try {
      return EcdsaKey.of(Curve.P256, signature.attestationKey().toBytes());
    } catch (InvalidKeyException e) {
      throw wrong("the attestation key is not a point on P-256");
    }
  }

  private static void verify(EcdsaKey key, Octets message, Octets signature, String otherwise)
      throws EvidenceException {
    try {
      key.verify(message.toBytes(), signature.toBytes());
    } catch (SignatureException e) {
      throw wrong(otherwise);
    }
  }

  private static EvidenceException wrong(String reason) {
    return new EvidenceException(RejectionId.WRONG_SIGNATURE, reason);
  }
}
