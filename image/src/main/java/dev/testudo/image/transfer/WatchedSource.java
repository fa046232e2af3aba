package dev.testudo.image.transfer;

import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import java.io.IOException;

/// A place whose blobs are watched while they are read. Closing it does nothing.
public final class WatchedSource implements BlobSource {
  private final BlobSource source;
  private final TransferListener listener;
  private volatile boolean opened;

  /// Watches `source`.
  ///
  /// @param listener is told how far each blob has been read, by [TransferListener#at]
  public WatchedSource(BlobSource source, TransferListener listener) {
    this.source = source;
    this.listener = listener;
  }

  @Override
  public VerifiedStream open(Descriptor blob) throws IOException {
    opened = true;
    return source.open(blob).watched(position -> listener.at(blob, position));
  }

  /// Returns true if somebody has opened a blob.
  public boolean isOpened() {
    return opened;
  }

  @Override
  public RawManifest manifest(ManifestReference reference) throws IOException {
    return source.manifest(reference);
  }

  @Override
  public String place() {
    return source.place();
  }

  /// Does nothing.
  @Override
  public void close() {}
}
