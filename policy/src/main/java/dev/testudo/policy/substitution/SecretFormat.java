package dev.testudo.policy.substitution;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How a secret's value is written where a placeholder stands. Several spellings mean the same.
public enum SecretFormat {
  /// Nothing said: the kind's own (`ascii` text, `:bin`, `:pem`, `:spki:pem`, `:crt`).
  DEFAULT(""),
  BIN(":bin"),
  /// Also the old `.hex`.
  HEX(":hex .hex"),
  BASE64(":base64"),
  BASE64URL(":base64url"),
  BASE32(":base32"),
  BASE32NOPAD(":base32nopad"),
  /// A private key alone, PKCS#8 in PEM.
  PKCS8_PEM(":pem :pkcs8:pem"),
  PKCS8_DER(":der :pkcs8:der"),
  SPKI_PEM(":spki:pem"),
  SPKI_DER(":spki:der"),
  /// A certificate alone, in PEM. Also the old `.crt`.
  CERTIFICATE_PEM(":crt :crt:pem .crt"),
  CERTIFICATE_DER(":crt:der"),
  /// The private key of a certificate, PKCS#8 in PEM. Also the old `.key`.
  CERTIFICATE_KEY_PEM(":privatekey :privatekey:pem :privatekey:pkcs8:pem .key"),
  CERTIFICATE_KEY_DER(":privatekey:der :privatekey:pkcs8:der"),
  /// From the first intermediate to the root, *without* the certificate itself.
  CHAIN(":chain"),
  /// The old `.chain`: root first, the certificate itself last and *included*.
  LEGACY_CHAIN(".chain"),
  /// Key and certificate in one DER structure with an empty password.
  PKCS12(":pkcs12-with-private-key");

  private final String spellings;

  SecretFormat(String spellings) {
    this.spellings = spellings;
  }

  /// True if a secret of that kind can be written so.
  public boolean suits(SecretKind kind) {
    return switch (this) {
      case DEFAULT -> true;
      case BIN, HEX, BASE64, BASE64URL, BASE32, BASE32NOPAD -> kind == SecretKind.BINARY;
      case PKCS8_PEM, PKCS8_DER -> kind == SecretKind.PRIVATE_KEY;
      case SPKI_PEM, SPKI_DER -> kind == SecretKind.PUBLIC_KEY;
      case CERTIFICATE_PEM, CERTIFICATE_DER, CERTIFICATE_KEY_PEM, CERTIFICATE_KEY_DER ->
          isCertificate(kind);
      case CHAIN, LEGACY_CHAIN, PKCS12 -> isCertificate(kind);
    };
  }

  private static boolean isCertificate(SecretKind kind) {
    return kind == SecretKind.X509 || kind == SecretKind.X509_CA;
  }

  /// True if a secret of that kind becomes bytes rather than text, which can only go into a file.
  public boolean isBinary(SecretKind kind) {
    return switch (this) {
      case DEFAULT -> kind == SecretKind.BINARY;
      case BIN, PKCS8_DER, SPKI_DER, CERTIFICATE_DER, CERTIFICATE_KEY_DER, PKCS12 -> true;
      case HEX, BASE64, BASE64URL, BASE32, BASE32NOPAD -> false;
      case PKCS8_PEM, SPKI_PEM, CERTIFICATE_PEM, CERTIFICATE_KEY_PEM, CHAIN, LEGACY_CHAIN -> false;
    };
  }

  /// True if the private key of a certificate is part of what is written.
  public boolean revealsCertificateKey() {
    return this == CERTIFICATE_KEY_PEM || this == CERTIFICATE_KEY_DER || this == PKCS12;
  }

  /// The format that `spelling` asks for, colon or dot included.
  static Optional<SecretFormat> parse(String spelling) {
    return Arrays.stream(values()).filter(f -> f.spelled().contains(spelling)).findFirst();
  }

  /// All spellings that begin with `mark`, a colon or a dot.
  static List<String> spellings(char mark) {
    return Arrays.stream(values())
        .flatMap(SecretFormat::spelledAsStream)
        .filter(s -> s.charAt(0) == mark)
        .toList();
  }

  /// The usual spellings that suit a kind.
  public static List<String> spellingsFor(SecretKind kind) {
    return Arrays.stream(values())
        .filter(format -> format != DEFAULT && format.suits(kind))
        .flatMap(SecretFormat::spelledAsStream)
        .filter(s -> s.charAt(0) == ':')
        .toList();
  }

  private Stream<String> spelledAsStream() {
    return spelled().stream();
  }

  private List<String> spelled() {
    return spellings.isEmpty() ? List.of() : List.of(spellings.split(" "));
  }
}
