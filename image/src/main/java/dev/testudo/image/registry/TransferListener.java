package dev.testudo.image.registry;

import dev.testudo.image.oci.Descriptor;

/// Is told how transfers proceed. Several threads call it at once, and it must return quickly.
public interface TransferListener {
  /// A listener that does nothing.
  TransferListener NONE =
      new TransferListener() {
        @Override
        public void at(Descriptor blob, long position) {}

        @Override
        public void done(Descriptor blob, TransferOutcome outcome) {}
      };

  /// A transfer has come to `position`, bytes from the blob's beginning. After a cut connection the
  /// position may be an earlier one.
  void at(Descriptor blob, long position);

  /// A blob is where it should be.
  void done(Descriptor blob, TransferOutcome outcome);
}
