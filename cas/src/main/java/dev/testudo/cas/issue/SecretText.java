package dev.testudo.cas.issue;

import dev.testudo.cas.issue.SecretValue.CertificateValue;
import dev.testudo.cas.issue.SecretValue.KeyValue;
import dev.testudo.cas.issue.SecretValue.PublicKeyValue;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.yaml.YamlWriter;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PgpKeys;
import dev.testudo.trust.pki.Pkcs12;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeys;
import dev.testudo.trust.pki.PublicKeys;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/// Formats the value of a secret as a placeholder asks for.
public final class SecretText {
  private SecretText() {}

  /// Returns a public value as text. Binary values are in hexadecimal.
  public static String published(SecretValue value) throws Refused {
    if (value instanceof SecretValue.FragmentValue(var fragment)) {
      return YamlWriter.write(fragment.value().plain());
    }
    var format = value instanceof SecretValue.Binary ? SecretFormat.HEX : SecretFormat.DEFAULT;
    return write(value, format, "value").reveal(SecretText::text);
  }

  /// Returns the formats in which a value can be written. A certificate without its private key has
  /// none that shows the key.
  public static List<SecretFormat> formats(SecretValue value) {
    var withoutKey = value instanceof CertificateValue certificate && certificate.key().isEmpty();
    return Arrays.stream(SecretFormat.values())
        .filter(format -> format.suits(value.kind()))
        .filter(format -> !(withoutKey && format.revealsCertificateKey()))
        .toList();
  }

  /// Checks that the value of `placeholder` is text.
  ///
  /// @throws Refused if it is binary
  static void requireText(Placeholder placeholder, SessionSecrets secrets)
      throws Refused, IOException {
    if (placeholder.format().isBinary(secrets.value(placeholder.secret()).kind())) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "secret `%s` is binary, but arguments and variables are text (%s); use a text format such as `:hex`"
              .formatted(placeholder.secret(), placeholder.span().place()));
    }
  }

  /// Returns the value of `placeholder` in its format.
  ///
  /// @throws Refused if the value is not available or does not have the format
  static Secret written(Placeholder placeholder, SessionSecrets secrets)
      throws Refused, IOException {
    var value = secrets.value(placeholder.secret());
    if (!placeholder.format().suits(value.kind())) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "secret `%s` is of kind `%s`, which does not have this format (%s)"
              .formatted(placeholder.secret(), value.kind(), placeholder.span().place()));
    }
    var written = write(value, placeholder.format(), placeholder.secret().value());
    return placeholder.escapeJson() ? written.reveal(SecretText::escaped) : written;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Secret escaped(byte[] text) {
    var quoted = Json.writeText(new JsonValue.JsonString(text(text)));
    return utf8(quoted.substring(1, quoted.length() - 1));
  }

  private static Secret write(SecretValue value, SecretFormat format, String name) throws Refused {
    return switch (value) {
      case SecretValue.Ascii(var text) -> text;
      case SecretValue.Jwt(var token) -> token;
      case SecretValue.PgpValue(var key) -> key.reveal(bytes -> writePgp(bytes, format));
      case SecretValue.FragmentValue _ -> throw unsuitable();
      case SecretValue.Binary binary -> binary.bytes().reveal(bytes -> write(bytes, format));
      case KeyValue(var key, var publicKey) ->
          format == SecretFormat.PKCS8_DER
              ? Secret.taking(PrivateKeys.toPkcs8(key, publicKey))
              : utf8(PrivateKeys.toPem(key, publicKey));
      case PublicKeyValue(var key) ->
          format == SecretFormat.SPKI_DER
              ? Secret.taking(key.getEncoded())
              : utf8(PublicKeys.toPem(key));
      case CertificateValue certificate -> write(certificate, format, name);
    };
  }

  private static Secret write(byte[] bytes, SecretFormat format) {
    return switch (format) {
      case HEX -> utf8(HexFormat.of().formatHex(bytes));
      case BASE64 -> Secret.taking(Base64.getEncoder().encode(bytes));
      case BASE64URL -> Secret.taking(Base64.getUrlEncoder().encode(bytes));
      case BASE32 -> utf8(Base32.encode(bytes, true));
      case BASE32NOPAD -> utf8(Base32.encode(bytes, false));
      case DEFAULT, BIN -> Secret.copyOf(bytes);
      case PKCS8_PEM, PKCS8_DER, SPKI_PEM, SPKI_DER -> throw unsuitable();
      case PRIVATE_KEY_TEXT -> throw unsuitable();
      case CERTIFICATE_PEM, CERTIFICATE_DER, CERTIFICATE_KEY_PEM, CERTIFICATE_KEY_DER ->
          throw unsuitable();
      case CHAIN, LEGACY_CHAIN, PKCS12 -> throw unsuitable();
      case PGP_PRIVATE_ARMOURED, PGP_PRIVATE_BINARY, PGP_PRIVATE_BASE64 -> throw unsuitable();
      case PGP_PUBLIC_ARMOURED, PGP_PUBLIC_BINARY, PGP_PUBLIC_BASE64 -> throw unsuitable();
    };
  }

  private static Secret writePgp(byte[] key, SecretFormat format) {
    return switch (format) {
      case DEFAULT, PRIVATE_KEY_TEXT, PGP_PRIVATE_ARMOURED -> Secret.taking(PgpKeys.armoured(key));
      case PGP_PRIVATE_BINARY -> Secret.copyOf(key);
      case PGP_PRIVATE_BASE64 -> Secret.taking(Base64.getEncoder().encode(key));
      case PGP_PUBLIC_ARMOURED -> Secret.taking(PgpKeys.armoured(publicOf(key)));
      case PGP_PUBLIC_BINARY -> Secret.taking(publicOf(key));
      case PGP_PUBLIC_BASE64 -> Secret.taking(Base64.getEncoder().encode(publicOf(key)));
      case BIN, HEX, BASE64, BASE64URL, BASE32, BASE32NOPAD -> throw unsuitable();
      case PKCS8_PEM, PKCS8_DER, SPKI_PEM, SPKI_DER -> throw unsuitable();
      case CERTIFICATE_PEM, CERTIFICATE_DER, CERTIFICATE_KEY_PEM, CERTIFICATE_KEY_DER ->
          throw unsuitable();
      case CHAIN, LEGACY_CHAIN, PKCS12 -> throw unsuitable();
    };
  }

  private static byte[] publicOf(byte[] key) {
    try {
      return PgpKeys.publicOf(key);
    } catch (PkiException e) {
      throw new IllegalStateException("a stored OpenPGP key is damaged", e);
    }
  }

  private static Secret write(CertificateValue value, SecretFormat format, String name)
      throws Refused {
    var all = new ArrayList<X509Certificate>();
    all.add(value.certificate());
    return switch (format) {
      case DEFAULT, CERTIFICATE_PEM -> utf8(Certificates.toPem(all));
      case CERTIFICATE_DER -> Secret.taking(Certificates.toDer(value.certificate()));
      case CERTIFICATE_KEY_PEM, PRIVATE_KEY_TEXT ->
          utf8(PrivateKeys.toPem(key(value, name), value.certificate().getPublicKey()));
      case CERTIFICATE_KEY_DER ->
          Secret.taking(PrivateKeys.toPkcs8(key(value, name), value.certificate().getPublicKey()));
      case CHAIN -> utf8(Certificates.toPem(value.chain()));
      case LEGACY_CHAIN -> {
        all.addAll(value.chain());
        Collections.reverse(all);
        yield utf8(Certificates.toPem(all));
      }
      case PKCS12 ->
          Secret.taking(
              Pkcs12.write(
                  new Identity(key(value, name), value.certificate(), value.chain()), name));
      case BIN, HEX, BASE64, BASE64URL, BASE32, BASE32NOPAD -> throw unsuitable();
      case PKCS8_PEM, PKCS8_DER, SPKI_PEM, SPKI_DER -> throw unsuitable();
      case PGP_PRIVATE_ARMOURED, PGP_PRIVATE_BINARY, PGP_PRIVATE_BASE64 -> throw unsuitable();
      case PGP_PUBLIC_ARMOURED, PGP_PUBLIC_BINARY, PGP_PUBLIC_BASE64 -> throw unsuitable();
    };
  }

  private static PrivateKey key(CertificateValue value, String name) throws Refused {
    if (value.key().isEmpty()) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE,
          "the private key of certificate `%s` is not exported with it".formatted(name));
    }
    return value.key().get();
  }

  private static Secret utf8(String text) {
    return Secret.ofText(text);
  }

  private static IllegalStateException unsuitable() {
    return new IllegalStateException("the format does not suit the kind of the secret");
  }
}
