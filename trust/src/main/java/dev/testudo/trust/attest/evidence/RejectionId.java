package dev.testudo.trust.attest.evidence;

import java.util.Locale;

/// Why evidence is rejected. Each has a page in `docs/diagnostics`.
public enum RejectionId {
  /// The evidence is bound to another key or another nonce.
  NOT_BOUND,
  /// The evidence does not follow its format.
  MALFORMED_EVIDENCE,
  /// The evidence is of a version or kind that is not supported.
  UNSUPPORTED_EVIDENCE,
  /// A signature in the evidence is not by the key that must have made it.
  WRONG_SIGNATURE,
  /// A chain of certificates does not lead to a pinned root.
  UNTRUSTED_CHAIN,
  /// A certificate is revoked.
  REVOKED_CERTIFICATE,
  /// A certificate or a document is not valid at the instant of verification.
  OUTSIDE_VALIDITY,
  /// What the manufacturer publishes about this platform is not available.
  COLLATERAL_MISSING,
  /// A published document does not follow its format, or is not signed as it must be.
  COLLATERAL_WRONG,
  /// A published document is about another platform.
  COLLATERAL_MISMATCH,
  /// What made the quote is not the manufacturer's quoting enclave.
  WRONG_QUOTING_ENCLAVE,
  /// The TDX module is not one that the manufacturer names.
  WRONG_TDX_MODULE,
  /// The platform reaches no TCB level that the manufacturer publishes.
  NO_TCB_LEVEL,
  /// The manufacturer has revoked the TCB level of the platform.
  REVOKED_TCB,
  /// The certificate does not certify what the report says about its platform.
  CERTIFICATE_MISMATCH,
  /// The attestation key of a TPM may sign what the TPM did not make, or is not in the TPM that it
  /// is said to be in.
  WRONG_TPM_KEY,
  /// The event log does not give the registers that the quote signs.
  EVENT_LOG_MISMATCH;

  /// Returns the id as `testudo explain` takes it, such as `not-bound`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return text();
  }
}
