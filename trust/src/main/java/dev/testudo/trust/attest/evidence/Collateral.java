package dev.testudo.trust.attest.evidence;

/// What a manufacturer publishes and verification needs besides the evidence: certificates,
/// revocation lists, TCB levels (RFC 9334, section 4.1: endorsements and reference values). Each
/// kind of evidence that needs some has one case here.
public sealed interface Collateral {
  /// None, which is enough for software evidence.
  record None() implements Collateral {}
}
