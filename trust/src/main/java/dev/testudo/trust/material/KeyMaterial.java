package dev.testudo.trust.material;

import dev.testudo.policy.shield.ShieldValue;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Endpoint;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PemBlock;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeys;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Parses the keys and certificates in one shield variable. Every error is reported at its place.
public final class KeyMaterial {
  private static final String ANY_USE = "2.5.29.37.0";
  private static final String SERVER_USE = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";

  private final Problems problems = new Problems();
  private final ShieldValue value;
  private final Instant now;
  private final List<PemBlock> blocks;

  /// A certificate and its place.
  private record Placed(X509Certificate certificate, Span span) {}

  private KeyMaterial(ShieldValue value, Instant now) {
    this.value = value;
    this.now = now;
    this.blocks = read();
  }

  /// Reads a private key with its certificate and chain, for use at `endpoint`.
  public static Parsed<Identity> identity(ShieldValue value, Endpoint endpoint, Instant now) {
    return new KeyMaterial(value, now).identity(endpoint);
  }

  /// Reads the CA certificates. Other certificates are ignored with a warning, provided that at
  /// least one CA certificate remains.
  public static Parsed<List<X509Certificate>> authorities(ShieldValue value, Instant now) {
    return new KeyMaterial(value, now).authorities();
  }

  private Parsed<Identity> identity(Endpoint endpoint) {
    var keys = blocks.stream().filter(KeyMaterial::isKey).toList();
    var certificates = certificates();
    if (!problems.anyErrors()) {
      checkPresent(keys, certificates);
    }
    if (!certificates.isEmpty()) {
      checkLeaf(certificates.getFirst(), endpoint);
      certificates.stream().skip(1).forEach(this::checkIssuer);
    }
    var identity = keys.isEmpty() ? Optional.<Identity>empty() : assemble(keys.getFirst());
    return problems.result(identity::orElseThrow);
  }

  private Parsed<List<X509Certificate>> authorities() {
    var authorities = new ArrayList<X509Certificate>();
    for (var block : blocks) {
      if (!isCertificate(block)) {
        error(
            DiagnosticId.MALFORMED_PEM,
            span(block),
            "a `%s` block does not belong among certificates to trust".formatted(block.label()));
      }
    }
    for (var placed : certificates()) {
      if (Certificates.isAuthority(placed.certificate())) {
        checkDates(placed);
        authorities.add(placed.certificate());
      } else {
        var message = "this certificate is not a CA certificate and is ignored";
        add(Diagnostic.warning(DiagnosticId.NOT_AN_AUTHORITY, placed.span(), message));
      }
    }
    if (authorities.isEmpty() && !problems.anyErrors()) {
      add(
          Diagnostic.error(DiagnosticId.NOT_AN_AUTHORITY, all(), "there is no CA certificate")
              .helped("give the certificate that issued the peer's, one with `CA:TRUE`"));
    }
    return problems.result(() -> List.copyOf(authorities));
  }

  private List<PemBlock> read() {
    try {
      var read = Pem.read(value.text());
      if (read.isEmpty()) {
        add(
            Diagnostic.error(DiagnosticId.MALFORMED_PEM, all(), "there is no PEM block")
                .helped("the value must be the text of the files, not their names"));
      }
      return read;
    } catch (PkiException e) {
      var wrong = Diagnostic.error(DiagnosticId.MALFORMED_PEM, at(e), reason(e));
      add(
          value.text().contains("\\n")
              ? wrong.helped("`\\n` is not a line break here; write the value over several lines")
              : wrong);
      return List.of();
    }
  }

  private List<Placed> certificates() {
    var certificates = new ArrayList<Placed>();
    for (var block : blocks) {
      if (isCertificate(block)) {
        try {
          certificates.add(new Placed(Certificates.fromDer(block.der()), span(block)));
        } catch (PkiException e) {
          error(DiagnosticId.MALFORMED_PEM, span(block), reason(e));
        }
      }
    }
    return certificates;
  }

  private void checkPresent(List<PemBlock> keys, List<Placed> certificates) {
    if (keys.isEmpty()) {
      add(
          Diagnostic.error(DiagnosticId.INCOMPLETE_IDENTITY, all(), "there is no private key")
              .helped("put its `PRIVATE KEY` block (PKCS#8) before the certificate"));
    }
    if (certificates.isEmpty()) {
      add(
          Diagnostic.error(DiagnosticId.INCOMPLETE_IDENTITY, all(), "there is no certificate")
              .helped("put the `CERTIFICATE` block that belongs to the key after the key"));
    }
  }

  private void checkLeaf(Placed leaf, Endpoint endpoint) {
    var certificate = leaf.certificate();
    checkDates(leaf);
    if (certificate.getVersion() != 3) {
      error(DiagnosticId.INVALID_VALUE, leaf.span(), "the certificate is not X.509v3");
    }
    if (Certificates.isAuthority(certificate)) {
      error(
          DiagnosticId.INVALID_VALUE,
          leaf.span(),
          "the first certificate is a CA certificate and identifies nobody");
    }
    try {
      var names = certificate.getSubjectAlternativeNames();
      if (names == null || names.isEmpty()) {
        add(
            Diagnostic.error(
                    DiagnosticId.IDENTITY_WITHOUT_NAMES,
                    leaf.span(),
                    "the certificate has no subject alternative name")
                .helped("issue it with `dns` or `san`; the common name does not count"));
      }
      checkUse(leaf, certificate.getExtendedKeyUsage(), endpoint);
    } catch (CertificateParsingException _) {
      error(DiagnosticId.MALFORMED_PEM, leaf.span(), "extensions of the certificate are damaged");
    }
  }

  private void checkUse(Placed leaf, @Nullable List<String> uses, Endpoint endpoint) {
    var use =
        switch (endpoint) {
          case SERVER -> SERVER_USE;
          case CLIENT -> CLIENT_USE;
        };
    if (uses != null && !uses.contains(use) && !uses.contains(ANY_USE)) {
      var side = endpoint.name().toLowerCase(Locale.ROOT);
      error(
          DiagnosticId.INVALID_VALUE,
          leaf.span(),
          "the extended key usage of the certificate does not allow it for a " + side);
    }
  }

  private void checkIssuer(Placed issuer) {
    checkDates(issuer);
    if (!Certificates.isAuthority(issuer.certificate())) {
      error(
          DiagnosticId.NOT_AN_AUTHORITY,
          issuer.span(),
          "only the first certificate may be one without `CA:TRUE`; the others are its chain");
    }
  }

  private void checkDates(Placed placed) {
    var end = placed.certificate().getNotAfter().toInstant();
    var start = placed.certificate().getNotBefore().toInstant();
    if (now.isAfter(end)) {
      error(DiagnosticId.CERTIFICATE_EXPIRED, placed.span(), "the certificate expired at " + end);
    }
    if (now.isBefore(start)) {
      var message = "the certificate is not valid before " + start;
      error(DiagnosticId.CERTIFICATE_EXPIRED, placed.span(), message);
    }
  }

  /// Builds the identity. This step finds errors of the key itself.
  private Optional<Identity> assemble(PemBlock key) {
    if (key.label().equals("PRIVATE KEY")) {
      try {
        PrivateKeys.fromPkcs8(key.der());
      } catch (PkiException e) {
        error(DiagnosticId.UNSUPPORTED_KEY, span(key), reason(e));
        return Optional.empty();
      }
    }
    if (problems.anyErrors()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Identity.fromPem(value.text()));
    } catch (PkiException e) {
      // Blocks and certificates have been checked before, so the error is about the
      // key or a second key.
      var isEncrypted = key.label().startsWith("ENCRYPTED");
      var id = isEncrypted ? DiagnosticId.UNSUPPORTED_KEY : DiagnosticId.KEY_MISMATCH;
      error(id, at(e), reason(e));
      return Optional.empty();
    }
  }

  private void error(DiagnosticId id, Span span, String message) {
    add(Diagnostic.error(id, span, message));
  }

  private void add(Diagnostic diagnostic) {
    problems.add(value.about(diagnostic));
  }

  private Span all() {
    return value.span(0, value.text().length());
  }

  /// Returns the span from the block's first dash to the end of that line.
  private Span span(PemBlock block) {
    int end = value.text().indexOf('\n', block.offset());
    return value.span(block.offset(), end < 0 ? value.text().length() : end);
  }

  private Span at(PkiException e) {
    return e.offset().isPresent()
        ? value.span(e.offset().getAsInt(), e.offset().getAsInt())
        : all();
  }

  private static String reason(PkiException e) {
    return String.valueOf(e.getMessage());
  }

  private static boolean isKey(PemBlock block) {
    return block.label().endsWith("PRIVATE KEY");
  }

  private static boolean isCertificate(PemBlock block) {
    return block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE");
  }
}
