package dev.testudo.policy.decision;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The stable name of a reason for denial. Each has a page, `docs/diagnostics/<id>.md`.
public enum ReasonId {
  // What is presented besides evidence
  POLICY_NOT_WHOLE,
  ACCESS_TOKEN_REFUSED,
  PASSWORD_REFUSED,
  JOIN_TOKEN_REFUSED,
  SOFTWARE_EVIDENCE_REFUSED,
  SOFTWARE_EVIDENCE_ALONE,
  // The rules of a service
  NO_ATTESTATION_RULE,
  OTHER_KIND_OF_EVIDENCE,
  OTHER_MEASUREMENT,
  OTHER_SIGNER,
  VERSION_OUT_OF_RANGE,
  FIRMWARE_BELOW_MINIMUM,
  OTHER_PRIVILEGE_LEVEL,
  SERVICE_DOMAIN_BOUND,
  GUEST_NOT_MEASURED,
  GIVEN_FROM_OUTSIDE,
  // The platform
  TPM_EVIDENCE,
  PLATFORM_NOT_LISTED,
  DEBUG_MODE,
  TEST_ROOT,
  HYPERTHREADING,
  SEPT_VE,
  MIGRATION_AGENT,
  UNKNOWN_GENERATION,
  TCB_STATUS,
  TCB_REVOKED,
  ADVISORY_NOT_IGNORED,
  TCB_TOO_OLD,
  COLLATERAL_ENDED;

  /// Returns the name in kebab case as it is shown and documented, such as `tcb-status`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Returns the id with the given name, if there is one.
  public static Optional<ReasonId> parse(String text) {
    return Arrays.stream(values()).filter(id -> id.text().equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text();
  }
}
