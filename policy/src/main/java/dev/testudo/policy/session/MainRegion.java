package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The protected files of a service's own image (`fspf_path`).
///
/// @param path where their description is in the image
/// @param updates what CAS does with new tags
public record MainRegion(String path, FilesKey key, Updates updates) {

  /// What CAS does with a new tag of such files (`fspf_update_policy`).
  public enum Updates {
    /// CAS accepts the newest tag, and the one that the policy gives.
    ROLLBACK_PROTECTED_REINITIALIZABLE,
    /// CAS accepts any tag.
    NO_ROLLBACK_PROTECTION;

    /// Returns the name used in policies.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Returns the value with the given name, if there is one.
    public static Optional<Updates> parse(String text) {
      return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
    }

    /// Returns all names.
    public static List<String> texts() {
      return Arrays.stream(values()).map(Updates::text).toList();
    }
  }
}
