package dev.testudo.image.transfer;

import dev.testudo.image.oci.Descriptor;
import java.util.Collection;

/// Is told how a transfer proceeds. Several threads call it at once, and it must return quickly.
public interface TransferListener {
  /// A listener that does nothing.
  TransferListener NONE =
      new TransferListener() {
        @Override
        public void planned(Collection<Descriptor> blobs) {}

        @Override
        public void at(Descriptor blob, long position) {}

        @Override
        public void done(Descriptor blob, boolean sent) {}
      };

  /// The transfer consists of these blobs, each once. Called first.
  void planned(Collection<Descriptor> blobs);

  /// The destination has taken a blob's bytes up to `position`. After a cut connection the position
  /// may be an earlier one.
  void at(Descriptor blob, long position);

  /// The destination has a blob.
  ///
  /// @param sent false if nothing was sent, because it had the blob or could take it from elsewhere
  void done(Descriptor blob, boolean sent);
}
