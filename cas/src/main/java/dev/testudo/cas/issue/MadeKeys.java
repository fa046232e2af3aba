package dev.testudo.cas.issue;

import dev.testudo.policy.session.KeyType;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Private keys that were made for one piece of work before its transaction.
///
/// @param keys in any order
public record MadeKeys(List<Made> keys) {
  /// None.
  public static final MadeKeys NONE = new MadeKeys(List.of());

  /// Copies the list.
  public MadeKeys {
    keys = List.copyOf(keys);
  }

  /// One key.
  record Made(KeyType type, PrivateKey key) {
    @Override
    public String toString() {
      return "Made[%s]".formatted(type);
    }
  }

  /// Hands out each key once. Work that is run again begins with a new one.
  static final class Supply {
    private final List<Made> left;

    Supply(MadeKeys made) {
      this.left = new ArrayList<>(made.keys());
    }

    /// A key of this type that was not handed out, if there is one.
    Optional<PrivateKey> take(KeyType type) {
      for (var i = 0; i < left.size(); i++) {
        if (left.get(i).type() == type) {
          return Optional.of(left.remove(i).key());
        }
      }
      return Optional.empty();
    }
  }
}
