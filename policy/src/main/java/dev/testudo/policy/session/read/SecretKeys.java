package dev.testudo.policy.session.read;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Keys.Variants;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.session.KeyType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The keys of secrets.
public final class SecretKeys {
  private static final String HASH = "^[0-9a-fA-F]{64}$";
  private static final int MAX_SIZE = 65_536;

  /// The keys that name another CAS. Their reader refuses each.
  static final List<Key> OTHER_CAS =
      List.of(
          Key.of("cas_url", Shape.text(), "The address of another CAS. Not supported."),
          Key.of("cas_key", Shape.text(), "The key of another CAS. Not supported."),
          Key.of("cas_software_key", Shape.text(), "The key of another CAS. Not supported."));

  /// Where an exported secret may be imported.
  static final Keys EXPORT =
      Keys.of(
              "an export",
              Key.of("session", Shape.text(), "The session that may import the secret."),
              Key.of("session_hash", Shape.text(HASH), "The revision that this session must have."),
              Key.of(
                  "namespace",
                  Shape.text(),
                  "This session and all below it may import the secret."))
          .and(OTHER_CAS);

  /// Where an imported secret comes from.
  static final Keys IMPORT =
      Keys.of(
              "`import`",
              Key.of("session", Shape.text(), "The session that owns the secret.").must(),
              Key.of("secret", Shape.text(), "The name of the secret there.").must(),
              Key.of("session_hash", Shape.text(HASH), "The revision that the owner must have."))
          .and(OTHER_CAS);

  /// Where a secret of a key vault comes from.
  static final Keys VAULT =
      Keys.of(
          "`import_akv`",
          Key.of("vault", Shape.text(), "The address of the key vault."),
          Key.of("secret_name", Shape.text(), "The name of the secret in the vault."),
          Key.of("token", Shape.text(), "The token for the vault.").secret(),
          Key.of("decryption_key", Shape.text(), "The key that decrypts the value.").secret());

  /// How long a token is valid.
  static final Keys VALIDITY =
      Keys.of("`validity`", Key.of("for", Shape.text(), "How long a token is valid, as in `24h`."));

  private static final Key PEM = Key.of("value", Shape.text(), "The value, in PEM.").secret();
  private static final Key VALID_FOR =
      Key.of("valid_for", Shape.text(), "How long the certificate is valid, as in `90 days`.");
  private static final Key ISSUER =
      Key.of("issuer", Shape.text(), "The `x509-ca` that signs it; itself if absent.");
  private static final Key COMMON_NAME =
      Key.of("common_name", Shape.text(), "The common name of the subject.");
  private static final Key PRIVATE_KEY =
      Key.of("private_key", Shape.text(), "The secret with the private key.");

  /// A secret.
  public static final Keys SECRET = Keys.varying("a secret", common(), variants());

  private SecretKeys() {}

  private static List<Key> common() {
    return List.of(
        Key.of("name", Shape.text("^[A-Za-z0-9_.~-]{1,128}$"), "The name, once in a session.")
            .must(),
        Key.of("kind", new Shape.Word(List.copyOf(variants().keys().keySet())), "The kind."),
        Key.of(
            "export",
            new Shape.Many(new Shape.Either(List.of(new Shape.Keyed(() -> EXPORT), Shape.text()))),
            "The sessions that may import it."),
        Key.of("export_public", new Shape.Flag(), "Whether everybody may read the value."),
        Key.of("import", new Shape.Keyed(() -> IMPORT), "The owner of an imported secret."),
        Key.of("import_akv", new Shape.Keyed(() -> VAULT), "A key vault. Not supported."));
  }

  private static Variants variants() {
    Map<String, List<Key>> kinds = new LinkedHashMap<>();
    kinds.put(
        "ascii",
        List.of(
            Key.of("size", new Shape.Whole(1, MAX_SIZE), "How many characters CAS generates."),
            Key.of("value", Shape.text(), "The value: printable ASCII characters.").secret()));
    kinds.put(
        "binary",
        List.of(
            Key.of("size", new Shape.Whole(1, MAX_SIZE), "How many bytes CAS generates."),
            Key.of("value", Shape.text(), "The value, in hexadecimal digits.").secret()));
    kinds.put(
        "private-key",
        List.of(
            Key.of("key_type", keyTypes(), "The type of the key that CAS generates."),
            Key.of("migrate", new Shape.Flag(), "Whether an update keeps the key."),
            PEM));
    kinds.put("public-key", List.of(PRIVATE_KEY, PEM));
    kinds.put(
        "x509",
        List.of(
            PRIVATE_KEY,
            ISSUER,
            COMMON_NAME,
            Key.of("endpoint", new Shape.Word(List.of("server", "client")), "The key usage."),
            Key.of("dns", Shape.texts(), "DNS names."),
            Key.of("san", Shape.texts(), "Names: `dns:NAME` or `ip:ADDRESS`."),
            VALID_FOR,
            PEM));
    kinds.put("x509-ca", List.of(PRIVATE_KEY, ISSUER, COMMON_NAME, VALID_FOR, PEM));
    kinds.put(
        "config-fragment",
        List.of(Key.of("value", new Shape.Anything(), "The structure.").secret()));
    kinds.put("pgp-key", List.of());
    kinds.put(
        "jwt",
        List.of(
            Key.of("signer", Shape.text(), "The private key that signs the token."),
            Key.of("alg", new Shape.Word(List.of("ES384")), "The algorithm."),
            Key.of("validity", new Shape.Keyed(() -> VALIDITY), "How long a token is valid."),
            Key.of("payload", new Shape.Anything(), "The claims of the token.").secret()));
    kinds.put(
        AzureReader.TOKEN_KIND,
        List.of(
            Key.of("tenant_id", Shape.text(), "Not supported."),
            Key.of("client_id", Shape.text(), "Not supported."),
            Key.of("certificate_thumbprint", Shape.text(), "Not supported."),
            Key.of("application_secret", Shape.text(), "Not supported.").secret(),
            PRIVATE_KEY));
    return new Variants("kind", kinds);
  }

  private static Shape keyTypes() {
    var either =
        KeyType.texts().stream().map(SecretKeys::inAnyCase).collect(Collectors.joining("|"));
    return Shape.text("^(" + either + ")$");
  }

  private static String inAnyCase(String word) {
    return word.chars()
        .mapToObj(c -> Character.isLetter(c) ? anyCase((char) c) : Character.toString(c))
        .collect(Collectors.joining());
  }

  private static String anyCase(char letter) {
    return "[%c%c]".formatted(Character.toUpperCase(letter), Character.toLowerCase(letter));
  }
}
