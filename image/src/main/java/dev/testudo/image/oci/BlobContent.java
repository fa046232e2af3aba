package dev.testudo.image.oci;

import java.io.IOException;
import java.io.InputStream;

/// The content of a blob that is about to be stored. It can be opened again, so that a failed
/// transfer can be repeated.
@FunctionalInterface
public interface BlobContent {
  /// Opens the content at its first byte. The caller closes the stream.
  InputStream open() throws IOException;
}
