package dev.testudo.agent.view;

import dev.testudo.trust.secret.Secret;

/// The content of a file.
public sealed interface Content {
  /// Content from the image, which is not secret.
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double the image
  record Plain(byte[] bytes) implements Content {}

  /// Content from or about this machine, which belongs to root and not to the service.
  @SuppressWarnings("ArrayRecordComponent") // as above
  record OfMachine(byte[] bytes) implements Content {}

  /// Content that the policy delivered. It is wiped once it is written.
  record Confidential(Secret secret) implements Content {}
}
