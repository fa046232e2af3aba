package dev.testudo.agent.view;

import dev.testudo.trust.secret.Secret;

/// The bytes of one file.
public sealed interface Content {
  /// Bytes of the image, which are no secret.
  @SuppressWarnings("ArrayRecordComponent") // never compared; copying would double the image
  record Plain(byte[] bytes) implements Content {}

  /// Bytes of this machine or about it, which belong to root and not to the service.
  @SuppressWarnings("ArrayRecordComponent") // as above
  record OfMachine(byte[] bytes) implements Content {}

  /// Bytes the policy delivered, which are wiped once they are placed.
  record Confidential(Secret secret) implements Content {}
}
