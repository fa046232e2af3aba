package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What CAS does with a new tag of a volume (`update_policy`).
public enum UpdatePolicy {
  /// CAS stores each new tag and accepts no older one.
  ROLLBACK_PROTECTED,
  /// CAS ignores new tags, so changes are lost.
  EPHEMERAL,
  /// CAS accepts any tag.
  NO_ROLLBACK_PROTECTION;

  /// Returns the policy of a session that imports a volume and wants this one.
  ///
  /// @param exported the policy for which the owner exports the volume
  /// @return empty if the owner does not permit it
  public Optional<UpdatePolicy> under(UpdatePolicy exported) {
    return switch (exported) {
      case EPHEMERAL -> Optional.of(EPHEMERAL);
      case ROLLBACK_PROTECTED ->
          this == NO_ROLLBACK_PROTECTION ? Optional.empty() : Optional.of(this);
      case NO_ROLLBACK_PROTECTION -> Optional.of(this);
    };
  }

  /// Returns the name used in policies, such as `rollback_protected`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Returns the policy with the given name, if there is one.
  public static Optional<UpdatePolicy> parse(String text) {
    return Arrays.stream(values()).filter(policy -> policy.text().equals(text)).findFirst();
  }

  /// Returns all names.
  public static List<String> texts() {
    return Arrays.stream(values()).map(UpdatePolicy::text).toList();
  }

  @Override
  public String toString() {
    return text();
  }
}
