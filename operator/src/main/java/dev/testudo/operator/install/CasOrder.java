package dev.testudo.operator.install;

import dev.testudo.operator.resource.Cas;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.pki.KeyHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A `Cas` that can be installed. All texts are checked: they become parts of other objects.
///
/// @param pin the key that CAS must have
record CasOrder(
    List<KeyHash> owners,
    String image,
    Optional<KeyHash> pin,
    String storage,
    Optional<String> storageClass,
    CasAddress address) {
  /// The version of CAS that this operator installs.
  static final String VERSION = "0.1.0";

  private static final int MOST_OWNERS = 32;
  private static final Pattern IMAGE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,511}");
  private static final Pattern QUANTITY = Pattern.compile("[1-9][0-9]{0,9}(Mi|Gi|Ti)");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

  /// Reads the specification of an object.
  ///
  /// @throws InvalidCasException if something is wrong, with what
  static CasOrder of(Cas object) throws InvalidCasException {
    var spec = object.getSpec();
    if (spec == null || spec.owners().isEmpty() || spec.owners().size() > MOST_OWNERS) {
      throw new InvalidCasException("`owners` needs 1 to %d key hashes".formatted(MOST_OWNERS));
    }
    var owners = new ArrayList<KeyHash>();
    for (var owner : spec.owners()) {
      owners.add(key("owners", owner));
    }
    var image = matching(IMAGE, "image", spec.image(), "testudo-cas:" + VERSION);
    var storage = matching(QUANTITY, "storage", spec.storage(), "2Gi");
    var storageClass =
        spec.storageClassName() == null
            ? Optional.<String>empty()
            : Optional.of(matching(NAME, "storageClassName", spec.storageClassName(), ""));
    var pin = spec.key() == null ? Optional.<KeyHash>empty() : Optional.of(key("key", spec.key()));
    var metadata = object.getMetadata();
    var address =
        Objects.requireNonNullElse(
            spec.address(), "%s.%s.svc".formatted(metadata.getName(), metadata.getNamespace()));
    return new CasOrder(
        List.copyOf(owners),
        image,
        pin,
        storage,
        storageClass,
        CasAddress.parse(address)
            .orElseThrow(() -> new InvalidCasException("`address` is not HOST:PORT")));
  }

  private static KeyHash key(String field, String text) throws InvalidCasException {
    return KeyHash.parse(text)
        .orElseThrow(
            () -> new InvalidCasException("`%s` is not the hash of a key".formatted(field)));
  }

  private static String matching(
      Pattern syntax, String field, @Nullable String text, String otherwise)
      throws InvalidCasException {
    if (text == null) {
      return otherwise;
    }
    if (!syntax.matcher(text).matches()) {
      throw new InvalidCasException("`%s` is not valid".formatted(field));
    }
    return text;
  }
}
