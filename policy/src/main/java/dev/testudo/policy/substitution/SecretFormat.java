package dev.testudo.policy.substitution;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How a placeholder writes a secret's value. Several spellings may mean the same format.
public enum SecretFormat {
  /// No format given: the secret kind's own format (`ascii` text, `:bin`, `:pem`,
  /// `:spki:pem`, `:crt`).
  DEFAULT(""),
  BIN(":bin"),
  /// Hexadecimal. Also spelled `.hex`, the old form.
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
  /// A certificate alone, in PEM. Also spelled `.crt`, the old form.
  CERTIFICATE_PEM(":crt :crt:pem .crt"),
  CERTIFICATE_DER(":crt:der"),
  /// The private key of a certificate, PKCS#8 in PEM. Also spelled `.key`, the old form.
  CERTIFICATE_KEY_PEM(":privatekey:pem :privatekey:pkcs8:pem .key"),
  /// The private key of a certificate in PEM, or an OpenPGP private key in ASCII armour.
  PRIVATE_KEY_TEXT(":privatekey"),
  CERTIFICATE_KEY_DER(":privatekey:der :privatekey:pkcs8:der"),
  /// The chain from the first intermediate to the root, *without* the certificate itself.
  CHAIN(":chain"),
  /// The old chain format `.chain`: root first, certificate last and *included*.
  LEGACY_CHAIN(".chain"),
  /// Key and certificate in one DER structure with an empty password.
  PKCS12(":pkcs12-with-private-key"),
  /// An OpenPGP key in ASCII armour (RFC 9580 §6.2).
  PGP_PRIVATE_ARMOURED(":privatekey:asciiarmored"),
  PGP_PRIVATE_BINARY(":privatekey:binary"),
  PGP_PRIVATE_BASE64(":privatekey:base64"),
  PGP_PUBLIC_ARMOURED(":publickey :publickey:asciiarmored"),
  PGP_PUBLIC_BINARY(":publickey:binary"),
  PGP_PUBLIC_BASE64(":publickey:base64");

  private final String spellings;

  SecretFormat(String spellings) {
    this.spellings = spellings;
  }

  /// Returns true if a secret of the given kind can be written in this format.
  public boolean suits(SecretKind kind) {
    return switch (this) {
      // A part of a policy has no form as text.
      case DEFAULT -> kind != SecretKind.CONFIG_FRAGMENT;
      case BIN, HEX, BASE64, BASE64URL, BASE32, BASE32NOPAD -> kind == SecretKind.BINARY;
      case PKCS8_PEM, PKCS8_DER -> kind == SecretKind.PRIVATE_KEY;
      case SPKI_PEM, SPKI_DER -> kind == SecretKind.PUBLIC_KEY;
      case CERTIFICATE_PEM, CERTIFICATE_DER, CERTIFICATE_KEY_PEM, CERTIFICATE_KEY_DER ->
          isCertificate(kind);
      case CHAIN, LEGACY_CHAIN, PKCS12 -> isCertificate(kind);
      case PRIVATE_KEY_TEXT -> isCertificate(kind) || kind == SecretKind.PGP_KEY;
      case PGP_PRIVATE_ARMOURED, PGP_PRIVATE_BINARY, PGP_PRIVATE_BASE64 ->
          kind == SecretKind.PGP_KEY;
      case PGP_PUBLIC_ARMOURED, PGP_PUBLIC_BINARY, PGP_PUBLIC_BASE64 -> kind == SecretKind.PGP_KEY;
    };
  }

  private static boolean isCertificate(SecretKind kind) {
    return kind == SecretKind.X509 || kind == SecretKind.X509_CA;
  }

  /// Returns the name of the format: its first spelling, or `default` if none is given.
  public String text() {
    return this == DEFAULT ? "default" : spelled().getFirst();
  }

  /// Returns true if no format is given.
  public boolean isDefault() {
    return this == DEFAULT;
  }

  /// Returns true if a secret of the given kind becomes bytes rather than text. Such a value can
  /// only go into a file.
  public boolean isBinary(SecretKind kind) {
    return switch (this) {
      case DEFAULT -> kind == SecretKind.BINARY;
      case BIN, PKCS8_DER, SPKI_DER, CERTIFICATE_DER, CERTIFICATE_KEY_DER, PKCS12 -> true;
      case PGP_PRIVATE_BINARY, PGP_PUBLIC_BINARY -> true;
      case PGP_PRIVATE_ARMOURED, PGP_PRIVATE_BASE64, PRIVATE_KEY_TEXT -> false;
      case PGP_PUBLIC_ARMOURED, PGP_PUBLIC_BASE64 -> false;
      case HEX, BASE64, BASE64URL, BASE32, BASE32NOPAD -> false;
      case PKCS8_PEM, SPKI_PEM, CERTIFICATE_PEM, CERTIFICATE_KEY_PEM, CHAIN, LEGACY_CHAIN -> false;
    };
  }

  /// Returns true if the output contains the private key of a certificate.
  public boolean revealsCertificateKey() {
    return this == PRIVATE_KEY_TEXT
        || this == CERTIFICATE_KEY_PEM
        || this == CERTIFICATE_KEY_DER
        || this == PKCS12;
  }

  /// Returns the format with the given spelling, including its colon or dot.
  static Optional<SecretFormat> parse(String spelling) {
    return Arrays.stream(values()).filter(f -> f.spelled().contains(spelling)).findFirst();
  }

  /// Returns all spellings that begin with `mark`, a colon or a dot.
  static List<String> spellings(char mark) {
    return Arrays.stream(values())
        .flatMap(SecretFormat::spelledAsStream)
        .filter(s -> s.charAt(0) == mark)
        .toList();
  }

  /// Returns the spellings with a colon that suit a kind.
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
