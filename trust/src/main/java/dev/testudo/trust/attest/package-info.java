/// Attestation as a pure function: evidence, collateral and an instant become claims or a
/// rejection. Each kind of evidence has a room of its own below this package; none of them reads a
/// file of another machine, a clock or the network.
package dev.testudo.trust.attest;
