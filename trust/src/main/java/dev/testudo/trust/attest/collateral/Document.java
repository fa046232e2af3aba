package dev.testudo.trust.attest.collateral;

import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Octets;

/// A published document as it was received. Nothing about it is verified.
///
/// @param body the reply of the service: JSON, a list in DER, or certificates in PEM or DER
/// @param issuerChain the certificates of who signed it, in PEM; empty where the document itself
///     is a chain, or its issuer is known otherwise
public record Document(DocumentId id, Octets body, Octets issuerChain) {
  /// The most bytes of a body, and of a chain.
  public static final int MOST_BYTES = 1 << 20;
}
