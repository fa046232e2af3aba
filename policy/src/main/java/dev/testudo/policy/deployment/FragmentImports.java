package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.ForeignFragment;
import dev.testudo.policy.manifest.MeshPolicy.Fragments;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes the parts of a session that others maintain as imports of their fragments. People rarely
/// write `~` in names of secrets, and secrets of a manifest cannot have these names.
record FragmentImports(Fragments fragments) {
  private static final String ACCESS = "policy~access";
  private static final String ATTESTATION = "policy~attestation";
  private static final String SECURITY = "policy~security";

  /// The names of the imports.
  static final List<String> NAMES = List.of(ACCESS, ATTESTATION, SECURITY);

  /// Adds `access_policy`, if others maintain it.
  void putAccess(Map<String, Object> session) {
    if (fragments.access().isPresent()) {
      session.put("access_policy", placeholder(ACCESS));
    }
  }

  /// Returns the value of `security`, if others maintain it or its `attestation`.
  Optional<Object> security() {
    return fragments
        .security()
        .<Object>map(_ -> placeholder(SECURITY))
        .or(
            () ->
                fragments.attestation().map(_ -> Map.of("attestation", placeholder(ATTESTATION))));
  }

  /// Returns the imports of the session of the namespace.
  List<Object> ofNamespace() {
    return fragments.access().map(f -> imported(ACCESS, f)).stream().toList();
  }

  /// Returns the imports of the session of a service.
  List<Object> ofService() {
    return Stream.of(
            fragments.access().map(f -> imported(ACCESS, f)),
            fragments.attestation().map(f -> imported(ATTESTATION, f)),
            fragments.security().map(f -> imported(SECURITY, f)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Object imported(String name, ForeignFragment fragment) {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("session", fragment.session().value());
    origin.put("secret", fragment.secret().value());
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", name);
    entry.put("import", origin);
    return entry;
  }

  private static String placeholder(String name) {
    return "$$SCONE::%s$$".formatted(name);
  }
}
