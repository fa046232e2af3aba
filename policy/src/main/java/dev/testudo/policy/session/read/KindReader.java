package dev.testudo.policy.session.read;

import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Ascii;
import dev.testudo.policy.session.SecretDefinition.Authority;
import dev.testudo.policy.session.SecretDefinition.Binary;
import dev.testudo.policy.session.SecretDefinition.Bytes;
import dev.testudo.policy.session.SecretDefinition.Certificate;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SecretDefinition.Characters;
import dev.testudo.policy.session.SecretDefinition.Declaration;
import dev.testudo.policy.session.SecretDefinition.Fragment;
import dev.testudo.policy.session.SecretDefinition.Issuer;
import dev.testudo.policy.session.SecretDefinition.KeyMaterial;
import dev.testudo.policy.session.SecretDefinition.PrivateKey;
import dev.testudo.policy.session.SecretDefinition.PublicKey;
import dev.testudo.policy.session.SecretDefinition.PublicKeyMaterial;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.yaml.Fields;
import java.util.Optional;

/// Reads the keys of a secret that depend on its kind.
final class KindReader {
  private static final int MAX_SIZE = 65_536;
  private static final int DEFAULT_SIZE = 20;

  private final SecretReader secrets;
  private final Declaration declaration;
  private final Problems problems;

  KindReader(SecretReader secrets, Declaration declaration, Problems problems) {
    this.secrets = secrets;
    this.declaration = declaration;
    this.problems = problems;
  }

  Optional<SecretDefinition> read(SecretKind kind, Fields fields) {
    return switch (kind) {
      case ASCII -> Optional.of(ascii(fields));
      case BINARY -> Optional.of(binary(fields));
      case PRIVATE_KEY -> Optional.of(privateKey(fields));
      case PUBLIC_KEY -> publicKey(fields).map(m -> new PublicKey(declaration, m));
      case X509 -> certificate(fields, true).map(m -> new Certificate(declaration, m));
      case X509_CA -> certificate(fields, false).map(m -> new Authority(declaration, m));
      case CONFIG_FRAGMENT ->
          fields
              .requiredNode("value")
              .flatMap(node -> FragmentReader.read(node, problems))
              .map(fragment -> new Fragment(declaration, fragment));
      case PGP_KEY -> Optional.of(new SecretDefinition.PgpKey(declaration));
      case JWT ->
          new JwtReader(secrets, problems)
              .read(fields)
              .map(request -> new SecretDefinition.Jwt(declaration, request));
    };
  }

  private Ascii ascii(Fields fields) {
    fields.exclusive("value", "size");
    var size = fields.number("size", 1, MAX_SIZE).orElse(DEFAULT_SIZE);
    var value = fields.text("value");
    value
        .filter(text -> !text.value().chars().allMatch(KindReader::isCharacter))
        .ifPresent(
            text ->
                invalid(
                    text,
                    "an `ascii` secret has printable ASCII characters, tabs and line breaks only"));
    return new Ascii(
        declaration,
        value
            .<Characters>map(Characters.Given::new)
            .orElseGet(() -> new Characters.Generated(size)));
  }

  private Binary binary(Fields fields) {
    fields.exclusive("value", "size");
    var size = fields.number("size", 1, MAX_SIZE).orElse(DEFAULT_SIZE);
    var value = fields.text("value").map(KindReader::withoutLineBreaks);
    value
        .filter(text -> text.value().length() % 2 != 0 || !text.value().matches("[0-9a-fA-F]*"))
        .ifPresent(
            text -> invalid(text, "a `binary` secret is an even number of hexadecimal digits"));
    return new Binary(
        declaration, value.<Bytes>map(Bytes.Given::new).orElseGet(() -> new Bytes.Generated(size)));
  }

  private static boolean isCharacter(int c) {
    return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t';
  }

  /// Drops the line breaks of hexadecimal digits that are written as a block.
  private static Text withoutLineBreaks(Text text) {
    return text.withValue(text.value().replace("\r", "").replace("\n", ""));
  }

  private PrivateKey privateKey(Fields fields) {
    fields.exclusive("value", "key_type");
    var type = fields.choice("key_type", KeyType.texts(), KeyType::parse).orElse(KeyType.P_256);
    var migrate = fields.flag("migrate").orElse(false);
    return new PrivateKey(
        declaration,
        pem(fields)
            .<KeyMaterial>map(KeyMaterial.Given::new)
            .orElseGet(() -> new KeyMaterial.Generated(type, migrate)));
  }

  private Optional<PublicKeyMaterial> publicKey(Fields fields) {
    fields.exclusive("value", "private_key");
    var value = pem(fields);
    if (value.isPresent()) {
      fields.text("private_key");
      return value.map(PublicKeyMaterial.Given::new);
    }
    return fields.requiredText("private_key").flatMap(this::key).map(PublicKeyMaterial.Of::new);
  }

  private Optional<CertificateMaterial> certificate(Fields fields, boolean endEntity) {
    var value = pem(fields);
    var keyText =
        value.isPresent() ? fields.text("private_key") : fields.requiredText("private_key");
    var key = keyText.flatMap(this::key);
    var issuerText = fields.text("issuer");
    var issuer =
        issuerText.flatMap(text -> secrets.reference(text, Issuer.class, "a CA certificate"));
    var profile = new ProfileReader(declaration.name(), problems).read(fields, endEntity);
    if (value.isPresent()) {
      return Optional.of(new CertificateMaterial.Given(value.get(), key));
    }
    if (key.isEmpty() || issuerText.isPresent() != issuer.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(new CertificateMaterial.Issued(key.get(), issuer, profile));
  }

  private Optional<SecretDefinition.Key> key(Text reference) {
    return secrets.reference(reference, SecretDefinition.Key.class, "a private key");
  }

  /// Takes a PEM value. Only its header is checked; whoever uses the value parses it.
  private Optional<Text> pem(Fields fields) {
    var value = fields.text("value");
    value
        .filter(text -> !text.value().contains("-----BEGIN "))
        .ifPresent(
            text -> invalid(text, "the value of a `%s` is PEM text".formatted(kindOf(fields))));
    return value;
  }

  private static String kindOf(Fields fields) {
    return fields.peek("kind").map(Text::value).orElse("secret");
  }

  /// Reports an error without repeating the value, which is secret.
  private void invalid(Text text, String message) {
    problems.add(Diagnostic.error(DiagnosticId.INVALID_VALUE, text.span(), message));
  }
}
