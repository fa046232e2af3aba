package dev.testudo.trust.attest.evidence;

/// What verification needs besides the evidence and what a manufacturer publishes: certificates,
/// revocation lists, TCB levels (RFC 9334, section 4.1: endorsements and reference values). Each
/// kind of evidence that needs some has one case here.
public sealed interface Collateral {
  /// No collateral, which suffices for software evidence.
  record None() implements Collateral {}
}
