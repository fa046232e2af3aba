package dev.testudo.cas.issue;

import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretValue.CertificateValue;
import dev.testudo.cas.issue.SecretValue.KeyValue;
import dev.testudo.cas.issue.SecretValue.PublicKeyValue;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.SecretRow;
import dev.testudo.policy.session.FilesKey;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Authority;
import dev.testudo.policy.session.SecretDefinition.Bytes;
import dev.testudo.policy.session.SecretDefinition.Certificate;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SecretDefinition.Characters;
import dev.testudo.policy.session.SecretDefinition.Imported;
import dev.testudo.policy.session.SecretDefinition.KeyMaterial;
import dev.testudo.policy.session.SecretDefinition.PublicKeyMaterial;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The secret values of one revision of a session within one transaction. A value that is missing
/// or due for renewal is created and stored when it is first used.
public final class SessionSecrets {
  /// What the names of the rows with keys of volumes begin with.
  public static final String VOLUME = "volume/";

  private final SecretScope scope;
  private final Registered session;
  private final Optional<Registered> predecessor;
  private @Nullable Map<String, SecretRow> own;
  private @Nullable Map<String, SecretRow> inherited;
  private final Map<SecretName, SecretValue> known = new HashMap<>();
  private final Map<String, Secret> volumeKeys = new HashMap<>();
  private final Map<String, String> labels = new HashMap<>();
  private final Set<SecretName> underWay = new HashSet<>();

  SessionSecrets(SecretScope scope, Registered session, Optional<Registered> predecessor) {
    this.scope = scope;
    this.session = session;
    this.predecessor = predecessor;
  }

  /// Returns the value of one of this session's secrets.
  ///
  /// @throws Refused if it is not available
  public SecretValue value(SecretDefinition secret) throws Refused, IOException {
    var name = secret.name();
    var value = known.get(name);
    if (value == null) {
      if (!underWay.add(name)) {
        throw unavailable(name, "it depends on itself");
      }
      labels.put(name.value(), name.value());
      try {
        value = find(secret);
      } finally {
        underWay.remove(name);
      }
      known.put(name, value);
    }
    return value;
  }

  /// Returns the value of the secret with the given name.
  ///
  /// @throws Refused if it is not available
  public SecretValue value(SecretName name) throws Refused, IOException {
    var secret = session.session().secret(name.value());
    if (secret.isEmpty()) {
      throw unavailable(name, "session `%s` does not define it".formatted(session.row().name()));
    }
    return value(secret.get());
  }

  /// Returns the name and revision of a value that was used, for the audit log.
  public String label(SecretName name) {
    return labels.getOrDefault(name.value(), name.value());
  }

  /// Returns the lifetimes of all values that were used, also those of other sessions.
  public Lifetimes lifetimes() {
    return scope.lifetimes();
  }

  Registered session() {
    return session;
  }

  SecretScope scope() {
    return scope;
  }

  /// Returns the key that CAS has generated for a volume of this session. Its row has a name that
  /// no secret can have.
  Secret volumeKey(String volume) throws Refused, IOException {
    var key = volumeKeys.get(volume);
    if (key == null) {
      key =
          kept(
                  VOLUME + volume,
                  StoredSecret.Bytes.class,
                  _ -> true,
                  _ -> true,
                  () -> scope.issuing().bytes(FilesKey.BYTES))
              .bytes();
      volumeKeys.put(volume, key);
    }
    return key;
  }

  /// Returns the name and revision of a volume's key that was used, for the audit log.
  String volumeLabel(String volume) {
    return labels.getOrDefault(VOLUME + volume, VOLUME + volume);
  }

  /// Returns the stored values of this revision. Many requests need none of them.
  private Map<String, SecretRow> own() throws IOException {
    var rows = own;
    if (rows == null) {
      rows = scope.rows(session);
      own = rows;
    }
    return rows;
  }

  /// Returns the stored values of the predecessor.
  private Map<String, SecretRow> inherited() throws IOException {
    var rows = inherited;
    if (rows == null) {
      rows = predecessor.isPresent() ? scope.rows(predecessor.get()) : Map.of();
      inherited = rows;
    }
    return rows;
  }

  private SecretValue find(SecretDefinition secret) throws Refused, IOException {
    return switch (secret) {
      case SecretDefinition.Ascii ascii ->
          switch (ascii.value()) {
            case Characters.Given(var text) -> new SecretValue.Ascii(Secret.ofText(text.value()));
            case Characters.Generated(var size) -> characters(secret, size);
          };
      case SecretDefinition.Binary binary ->
          switch (binary.value()) {
            case Bytes.Given(var hex) -> ProvidedSecrets.bytes(hex);
            case Bytes.Generated(var size) -> bytes(secret, size);
          };
      case SecretDefinition.PrivateKey key ->
          switch (key.value()) {
            case KeyMaterial.Given(var pem) -> ProvidedSecrets.privateKey(pem);
            case KeyMaterial.Generated generated -> key(key, generated);
          };
      case SecretDefinition.PublicKey key ->
          switch (key.value()) {
            case PublicKeyMaterial.Given(var pem) -> ProvidedSecrets.publicKey(pem);
            case PublicKeyMaterial.Of(var of) -> new PublicKeyValue(keyValue(of).publicKey());
          };
      case Certificate certificate ->
          certificate(certificate, SecretKind.X509, certificate.value());
      case Authority authority -> certificate(authority, SecretKind.X509_CA, authority.value());
      case SecretDefinition.Fragment(_, var fragment) -> new SecretValue.FragmentValue(fragment);
      case SecretDefinition.PgpKey pgp -> new SecretValue.PgpValue(pgpKey(pgp));
      case SecretDefinition.Jwt(_, var request) -> {
        scope.lifetimes().note(scope.issuing().spanOf(request));
        yield new SecretValue.Jwt(scope.issuing().token(request, keyValue(request.signer()), this));
      }
      case Imported imported -> imported(imported);
    };
  }

  private SecretValue characters(SecretDefinition secret, int size) throws IOException, Refused {
    var stored =
        kept(
            secret.name().value(),
            StoredSecret.Characters.class,
            _ -> true,
            old -> old.text().length() == size,
            () -> scope.issuing().characters(size));
    return new SecretValue.Ascii(stored.text());
  }

  private SecretValue bytes(SecretDefinition secret, int size) throws IOException, Refused {
    var stored =
        kept(
            secret.name().value(),
            StoredSecret.Bytes.class,
            _ -> true,
            old -> old.bytes().length() == size,
            () -> scope.issuing().bytes(size));
    return new SecretValue.Binary(stored.bytes());
  }

  private Secret pgpKey(SecretDefinition.PgpKey secret) throws IOException, Refused {
    return kept(
            secret.name().value(),
            StoredSecret.Pgp.class,
            _ -> true,
            _ -> true,
            () -> scope.issuing().pgpKey())
        .key();
  }

  /// Returns the measurement of the attested service that gets the values, in hexadecimal.
  ///
  /// @throws Refused if the values are for nobody in particular
  String softwareIdentity() throws Refused {
    return scope
        .softwareIdentity()
        .orElseThrow(
            () ->
                new Refused(
                    RefusalId.SECRET_UNAVAILABLE,
                    "`self::software_identity` is known for an attested service only"));
  }

  private SecretValue key(SecretDefinition.PrivateKey secret, KeyMaterial.Generated wanted)
      throws IOException, Refused {
    var stored =
        kept(
            secret.name().value(),
            StoredSecret.Key.class,
            _ -> true,
            old -> isMigrated(secret, wanted, old),
            () -> scope.key(wanted.type()));
    return new KeyValue(stored.key(), stored.publicKey());
  }

  /// Returns the types of all generated private keys that are missing.
  List<KeyType> lackingKeys() throws IOException {
    var types = new ArrayList<KeyType>();
    for (var secret : session.session().secrets()) {
      if (secret instanceof SecretDefinition.PrivateKey key
          && key.value() instanceof KeyMaterial.Generated wanted
          && !hasKey(key, wanted)) {
        types.add(wanted.type());
      }
    }
    return types;
  }

  private boolean hasKey(SecretDefinition.PrivateKey secret, KeyMaterial.Generated wanted)
      throws IOException {
    var name = secret.name().value();
    return usable(own().get(name), StoredSecret.Key.class, _ -> true).isPresent()
        || usable(
                inherited().get(name),
                StoredSecret.Key.class,
                old -> isMigrated(secret, wanted, old))
            .isPresent();
  }

  private boolean isMigrated(
      SecretDefinition.PrivateKey secret, KeyMaterial.Generated wanted, StoredSecret.Key old) {
    return old.type() == wanted.type() && wanted.migrate() && migratedBefore(secret.name());
  }

  private boolean migratedBefore(SecretName name) {
    return predecessor
        .flatMap(before -> before.session().secret(name.value()))
        .filter(SecretDefinition.PrivateKey.class::isInstance)
        .map(SecretDefinition.PrivateKey.class::cast)
        .map(SecretDefinition.PrivateKey::value)
        .filter(KeyMaterial.Generated.class::isInstance)
        .map(KeyMaterial.Generated.class::cast)
        .filter(KeyMaterial.Generated::migrate)
        .isPresent();
  }

  private CertificateValue certificate(
      SecretDefinition secret, SecretKind kind, CertificateMaterial material)
      throws Refused, IOException {
    switch (material) {
      case CertificateMaterial.Given(var pem, var key) -> {
        Optional<PrivateKey> privateKey =
            key.isPresent() ? Optional.of(keyValue(key.get()).key()) : Optional.empty();
        return ProvidedSecrets.certificate(kind, pem, privateKey);
      }
      case CertificateMaterial.Issued(var key, var issuer, var profile) -> {
        var order =
            new Issuing.Order(
                secret,
                profile,
                keyValue(key),
                issuer.isPresent() ? Optional.of(issuerValue(issuer.get())) : Optional.empty());
        var fingerprint = scope.issuing().fingerprint(order);
        Predicate<StoredSecret.Issued> good =
            old ->
                old.fingerprint().equals(fingerprint) && scope.issuing().isFresh(old.certificate());
        var stored =
            kept(
                secret.name().value(),
                StoredSecret.Issued.class,
                good,
                _ -> false, // an update issues every certificate anew
                () -> scope.issuing().certificate(order));
        scope.lifetimes().note(Issuing.span(stored.certificate()));
        return new CertificateValue(
            kind, stored.certificate(), stored.chain(), Optional.of(order.key().key()));
      }
    }
  }

  private KeyValue keyValue(SecretDefinition.Key key) throws Refused, IOException {
    return switch (value(key)) {
      case KeyValue pair -> pair;
      case CertificateValue(_, var certificate, _, var privateKey) when privateKey.isPresent() ->
          new KeyValue(privateKey.get(), certificate.getPublicKey());
      case SecretValue _ -> throw unavailable(key.name(), "it is not a private key");
    };
  }

  private CertificateValue issuerValue(SecretDefinition.Issuer issuer) throws Refused, IOException {
    if (value(issuer) instanceof CertificateValue certificate) {
      return certificate;
    }
    throw unavailable(issuer.name(), "it is not a certificate");
  }

  private SecretValue imported(Imported imported) throws Refused, IOException {
    var exporter = scope.exporter(session, SecretScope.Import.of(imported));
    var original = SecretScope.exported(exporter.session(), session, imported);
    var value = exporter.value(original);
    labels.put(
        imported.name().value(),
        "%s:%s".formatted(exporter.session().row().name(), exporter.label(original.name())));
    if (imported.expected().isPresent() && imported.expected().get() != value.kind()) {
      throw unavailable(
          imported.name(),
          "it is of kind `%s`, not `%s`".formatted(value.kind(), imported.expected().get()));
    }
    if (value instanceof CertificateValue certificate
        && !SecretScope.keyIsExported(original, session)) {
      return certificate.withoutKey();
    }
    return value;
  }

  /// Creates a value.
  private interface Maker<S> {
    S make() throws Refused;
  }

  /// Returns the stored value if it is `good`; else the predecessor's value if it is `inheritable`;
  /// else a new value, which is stored.
  private <S extends StoredSecret> S kept(
      String name, Class<S> kind, Predicate<S> good, Predicate<S> inheritable, Maker<S> maker)
      throws Refused, IOException {
    var present = own().get(name);
    if (!scope.making()) {
      var asItIs = usable(present, kind, _ -> true);
      if (present == null || asItIs.isEmpty()) {
        throw unavailable(
            "secret `%s`".formatted(name), "CAS creates it when a service first needs it");
      }
      return used(name, present, asItIs.get());
    }
    var stored = usable(present, kind, good);
    if (present != null && stored.isPresent()) {
      return used(name, present, stored.get());
    }
    var before = inherited().get(name);
    var takenOver = usable(before, kind, inheritable);
    if (before != null && takenOver.isPresent()) {
      scope.transaction().use(session.row(), before);
      return used(name, before, takenOver.get());
    }
    var made = maker.make();
    var row = scope.transaction().addSecret(session.row().name(), name, made.encode());
    scope.transaction().use(session.row(), row);
    return used(name, row, made);
  }

  private <S> S used(String name, SecretRow row, S stored) {
    labels.put(name, "%s@%d".formatted(row.name(), row.revision()));
    return stored;
  }

  private static <S extends StoredSecret> Optional<S> usable(
      @Nullable SecretRow row, Class<S> kind, Predicate<S> condition) throws IOException {
    if (row == null) {
      return Optional.empty();
    }
    return Optional.of(StoredSecret.decode(row.value()))
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(condition);
  }

  private Refused unavailable(SecretName name, String reason) {
    return unavailable("secret `%s`".formatted(name), reason);
  }

  private Refused unavailable(String what, String reason) {
    return new Refused(
        RefusalId.SECRET_UNAVAILABLE,
        "%s of session `%s` is not available: %s".formatted(what, session.row().name(), reason));
  }
}
