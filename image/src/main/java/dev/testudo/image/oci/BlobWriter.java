package dev.testudo.image.oci;

import java.io.IOException;
import java.io.OutputStream;

/// Writes a blob whose digest is known only at its end. Nothing is stored before [#commit]; closing
/// without it discards what was written. Not thread-safe.
public abstract class BlobWriter extends OutputStream {
  /// Creates a writer.
  protected BlobWriter() {}

  /// Ends the blob and stores it.
  ///
  /// @return its SHA-256 digest and size, with the media type that [BlobSink#begin] was given
  /// @throws IOException if the place fails; nothing is stored then
  public abstract Descriptor commit() throws IOException;
}
