package dev.testudo.policy.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A kind of confidential virtual machine in which the services of a mesh run. It says what the
/// machine must be; `apply` adds what names a service.
///
/// @param kind the rule that it becomes
/// @param values the keys of that rule, as a session has them
/// @param kata how Kata Containers starts the machine, if it does
public record MeshMachine(Kind kind, Map<String, Object> values, Optional<KataGuest> kata) {
  /// Copies the values.
  public MeshMachine {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// The kinds of machines.
  public enum Kind {
    TDX("tdx", "mrconfigid"),
    SEV_SNP("sev_snp", "host_data");

    private final String key;
    private final String names;

    Kind(String key, String names) {
      this.key = key;
      this.names = names;
    }

    /// Returns the key of the rule.
    public String key() {
      return key;
    }

    /// Returns the key for the value that names a service: whoever starts a machine gives it this
    /// value, and hardware certifies it.
    public String names() {
      return names;
    }
  }

  /// Returns the rule for a service.
  ///
  /// @param named what names the service: the measurement of its image, or the digest of initdata
  public Map<String, Object> rule(String named) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put(kind.names(), named);
    return Map.of(kind.key(), all);
  }
}
