package dev.testudo.policy.source;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The stable name of a kind of diagnostic. Each has a page, `docs/diagnostics/<id>.md`.
public enum DiagnosticId {
  // Syntax and keys
  YAML_SYNTAX,
  YAML_LIMIT,
  DUPLICATE_KEY,
  WRONG_TYPE,
  UNKNOWN_KEY,
  MISSING_KEY,
  INVALID_VALUE,
  INVALID_NAME,
  CONFLICTING_KEYS,
  UNKNOWN_KIND,
  NOT_SUPPORTED_YET,
  WITHOUT_EFFECT,
  INSECURE_SETTING,
  SOFTWARE_EVIDENCE_WITHOUT_TOKEN,
  UNREADABLE_FILE,
  // Agent policies of guests of Kata Containers
  AGENT_POLICY_IMAGE,
  AGENT_POLICY_OPEN,
  // Findings of the linter
  UNAUTHENTICATED_PEER,
  LEAF_AS_AUTHORITY,
  MISSING_ALTERNATIVE_NAME,
  OUTLIVES_ISSUER,
  UNUSED_SECRET,
  UNUSED_VOLUME,
  NAME_ONLY_EXPORT,
  LOCKED_OUT,
  NAMES_ONLY_THE_MACHINE,
  // References
  DUPLICATE_NAME,
  UNKNOWN_SECRET,
  UNKNOWN_IMAGE,
  UNKNOWN_VOLUME,
  UNKNOWN_SERVICE,
  UNKNOWN_VARIABLE,
  MISSING_VALUE,
  MALFORMED_PLACEHOLDER,
  UNSUITABLE_FORMAT,
  UNSUITABLE_SECRET,
  UNSUITABLE_PATH,
  OVERLAPPING_PATHS,
  CIRCULAR_REFERENCE,
  // Network shield variables
  UNKNOWN_SHIELD_VARIABLE,
  MISSING_SHIELD_VARIABLE,
  OVERLAPPING_RULES,
  MALFORMED_PEM,
  INCOMPLETE_IDENTITY,
  KEY_MISMATCH,
  CERTIFICATE_EXPIRED,
  IDENTITY_WITHOUT_NAMES,
  NOT_AN_AUTHORITY,
  UNSUPPORTED_KEY,
  RESTART_NEEDED,
  // Services in enclaves of Gramine
  NOT_UNDER_GRAMINE;

  /// Returns the name in kebab case as it is shown and documented, such as `unknown-secret`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Returns the id with the given name, if there is one.
  public static Optional<DiagnosticId> parse(String text) {
    return Arrays.stream(values()).filter(id -> id.text().equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text();
  }
}
