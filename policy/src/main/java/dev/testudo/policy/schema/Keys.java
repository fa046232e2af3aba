package dev.testudo.policy.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The keys of one sort of mapping. Some sorts have further keys that depend on the value of one
/// key, as a secret has those of its `kind`.
public final class Keys {
  private final String what;
  private final List<Key> common;
  private final Optional<Variants> variants;
  private final Map<String, Key> all = new LinkedHashMap<>();

  /// The further keys of a mapping, by the value of a key.
  ///
  /// @param by the key that decides
  public record Variants(String by, Map<String, List<Key>> keys) {
    public Variants {
      keys = new LinkedHashMap<>(keys);
    }
  }

  private Keys(String what, List<Key> common, Optional<Variants> variants) {
    this.what = what;
    this.common = List.copyOf(common);
    this.variants = variants;
    common.forEach(key -> all.put(key.name(), key));
    variants.ifPresent(
        v -> v.keys().values().forEach(some -> some.forEach(key -> all.put(key.name(), key))));
  }

  /// Declares the keys of a mapping.
  ///
  /// @param what the name of such a mapping in messages, such as "a service"
  public static Keys of(String what, Key... keys) {
    return new Keys(what, Arrays.asList(keys), Optional.empty());
  }

  /// Returns these keys and `more`, which do not depend on others either.
  public Keys and(List<Key> more) {
    var keys = new ArrayList<>(common);
    keys.addAll(more);
    return new Keys(what, keys, variants);
  }

  /// Declares the keys of a mapping, some of which depend on the value of another.
  public static Keys varying(String what, List<Key> common, Variants variants) {
    return new Keys(what, common, Optional.of(variants));
  }

  /// Returns the name of such a mapping in messages.
  public String what() {
    return what;
  }

  /// Returns the keys that do not depend on others.
  public List<Key> common() {
    return common;
  }

  /// Returns the keys that depend on the value of another, if there are any.
  public Optional<Variants> variants() {
    return variants;
  }

  /// Returns every key that such a mapping can have.
  public Collection<Key> all() {
    return new ArrayList<>(all.values());
  }

  /// Returns the key of the given name, if it is declared.
  public Optional<Key> key(String name) {
    return Optional.ofNullable(all.get(name));
  }
}
