package dev.testudo.agent.view;

import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;

/// The content of a file.
public sealed interface Content {
  /// Content of a file of the image. It is read when it is written, and verified again.
  record OfImage(ImageEntry.RegularFile file) implements Content {}

  /// Content of an encrypted file of the image. It is decrypted when it is written, and verified.
  record OfVolume(VolumeEntry.RegularFile file) implements Content {}

  /// Content that is not secret and belongs to the service.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Plain(byte[] bytes) implements Content {}

  /// Content from or about this machine, which belongs to root and not to the service.
  @SuppressWarnings("ArrayRecordComponent") // as above
  record OfMachine(byte[] bytes) implements Content {}

  /// Content that the policy delivered. It is wiped once it is written.
  record Confidential(Secret secret) implements Content {}
}
