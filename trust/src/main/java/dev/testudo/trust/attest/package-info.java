/// Attestation as a pure function: evidence, collateral and an instant become claims or a
/// rejection. Each kind of evidence has a package of its own below this one. Verification reads no
/// files, no clock and no network.
package dev.testudo.trust.attest;
