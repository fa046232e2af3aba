package dev.testudo.cas.issue;

import dev.testudo.cas.issue.SecretValue.CertificateValue;
import dev.testudo.cas.issue.SecretValue.KeyValue;
import dev.testudo.cas.issue.SecretValue.PublicKeyValue;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PkiException.Fault;
import dev.testudo.trust.pki.PrivateKeys;
import dev.testudo.trust.pki.PublicKeys;
import dev.testudo.trust.pki.TrustAnchors;
import dev.testudo.trust.secret.Secret;
import java.security.PrivateKey;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Parses secret values that are written in a policy.
final class ProvidedSecrets {
  private ProvidedSecrets() {}

  static SecretValue.Binary bytes(Text hex) throws Refused {
    try {
      return new SecretValue.Binary(Secret.taking(HexFormat.of().parseHex(hex.value())));
    } catch (IllegalArgumentException e) {
      throw invalid(hex, new PkiException(Fault.DAMAGED, "the value is not hexadecimal"));
    }
  }

  static KeyValue privateKey(Text pem) throws Refused {
    try {
      var key = PrivateKeys.fromPem(pem.value());
      return new KeyValue(key, PrivateKeys.publicKeyOf(key));
    } catch (PkiException e) {
      throw invalid(pem, e);
    }
  }

  static PublicKeyValue publicKey(Text pem) throws Refused {
    try {
      return new PublicKeyValue(PublicKeys.fromPem(pem.value()));
    } catch (PkiException e) {
      throw invalid(pem, e);
    }
  }

  /// Returns the certificate with its chain, and with its private key if the PEM
  /// text or `key` gives it.
  static CertificateValue certificate(SecretKind kind, Text pem, Optional<PrivateKey> key)
      throws Refused {
    try {
      if (pem.value().contains("PRIVATE KEY-----")) {
        var identity = Identity.fromPem(pem.value());
        return new CertificateValue(
            kind, identity.certificate(), identity.chain(), Optional.of(identity.key()));
      }
      var all = TrustAnchors.fromPem(pem.value()).certificates();
      var certificate = all.getFirst();
      if (key.isPresent() && !PrivateKeys.belongTogether(key.get(), certificate.getPublicKey())) {
        throw new PkiException(
            Fault.OTHER_KEY, "the private key does not belong to this certificate");
      }
      return new CertificateValue(kind, certificate, all.subList(1, all.size()), key);
    } catch (PkiException e) {
      throw invalid(pem, e);
    }
  }

  /// Returns the refusal of an invalid value. It shows the place but not the text,
  /// which may be a key.
  private static Refused invalid(Text text, PkiException problem) {
    var span = text.span();
    var hidden = SourceFile.confidential(span.source().name(), span.source().text());
    var diagnostic =
        Diagnostic.error(
            DiagnosticId.MALFORMED_PEM,
            hidden.span(span.start(), span.end()),
            String.valueOf(problem.getMessage()));
    return new Refused(
        RefusalId.INVALID_SESSION,
        "the session has errors",
        List.of(Diagnostics.render(List.of(diagnostic))));
  }
}
