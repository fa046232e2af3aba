package dev.testudo.policy.session;

import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.policy.evidence.SnpTcb;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A version of a platform's firmware for which a policy can demand a minimum (`min_tcb`).
public enum SnpVersion {
  /// Below which the host cannot go back.
  COMMITTED,
  /// Current when the guest was launched or imported.
  LAUNCH,
  /// From which the signing key is derived; the host chooses it.
  REPORTED;

  /// Returns the key in `min_tcb`.
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Returns this version of a platform.
  public SnpTcb of(SnpPlatform.Versions versions) {
    return switch (this) {
      case COMMITTED -> versions.committed();
      case LAUNCH -> versions.launch();
      case REPORTED -> versions.reported();
    };
  }

  /// Returns all keys.
  public static List<String> keys() {
    return Arrays.stream(values()).map(SnpVersion::key).toList();
  }
}
