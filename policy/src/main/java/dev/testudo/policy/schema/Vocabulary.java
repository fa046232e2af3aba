package dev.testudo.policy.schema;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/// The words that a file may have as keys, and which of them stand before secrets.
public final class Vocabulary {
  private final Set<String> shown = new HashSet<>();
  private final Set<String> secret = new HashSet<>();
  private final Set<Keys> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private Vocabulary(Keys root) {
    add(root);
    shown.removeAll(secret);
  }

  /// Returns the words of a file whose top level has the given keys.
  public static Vocabulary of(Keys root) {
    return new Vocabulary(root);
  }

  /// Returns true if a key of this name never stands before a secret.
  public boolean isShown(String key) {
    return shown.contains(key);
  }

  /// Returns true if a key of this name may stand before a secret.
  public boolean isSecret(String key) {
    return secret.contains(key);
  }

  /// Returns true if something below the given shape is secret.
  public static boolean holdsSecrets(Shape shape) {
    return switch (shape) {
      case Shape.Keyed(var keys) -> !of(keys.get()).secret.isEmpty();
      case Shape.Many(var item) -> holdsSecrets(item);
      case Shape.Either(var shapes) -> shapes.stream().anyMatch(Vocabulary::holdsSecrets);
      case Shape.Named _, Shape.Anything _ -> true;
      case Shape.Text _, Shape.Whole _, Shape.Flag _, Shape.Word _ -> false;
    };
  }

  private void add(Keys keys) {
    if (seen.add(keys)) {
      for (var key : keys.all()) {
        var isShown = key.secrecy().equals(Secrecy.SHOWN) && !(key.shape() instanceof Shape.Named);
        (isShown ? shown : secret).add(key.name());
        add(key.shape());
      }
    }
  }

  private void add(Shape shape) {
    switch (shape) {
      case Shape.Keyed(var keys) -> add(keys.get());
      case Shape.Many(var item) -> add(item);
      case Shape.Either(var shapes) -> shapes.forEach(this::add);
      case Shape.Named _, Shape.Anything _ -> {}
      case Shape.Text _, Shape.Whole _, Shape.Flag _, Shape.Word _ -> {}
    }
  }
}
