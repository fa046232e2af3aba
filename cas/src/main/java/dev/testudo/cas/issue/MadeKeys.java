package dev.testudo.cas.issue;

import dev.testudo.policy.session.KeyType;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Private keys generated for a request before its transaction.
///
/// @param keys the keys, in any order
public record MadeKeys(List<Made> keys) {
  /// No keys.
  public static final MadeKeys NONE = new MadeKeys(List.of());

  /// Copies the list.
  public MadeKeys {
    keys = List.copyOf(keys);
  }

  /// A generated key.
  record Made(KeyType type, KeyPair key) {
    @Override
    public String toString() {
      return "Made[%s]".formatted(type);
    }
  }

  /// Hands out each key once. A transaction that is run again starts with a new supply.
  static final class Supply {
    private final List<Made> left;

    Supply(MadeKeys made) {
      this.left = new ArrayList<>(made.keys());
    }

    /// Returns a key of the given type that was not handed out before, if there is one.
    Optional<KeyPair> take(KeyType type) {
      for (var i = 0; i < left.size(); i++) {
        if (left.get(i).type() == type) {
          return Optional.of(left.remove(i).key());
        }
      }
      return Optional.empty();
    }
  }
}
