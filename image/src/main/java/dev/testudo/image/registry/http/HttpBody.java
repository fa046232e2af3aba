package dev.testudo.image.registry.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/// What a request sends. It may be opened more than once, because a request may be sent again.
///
/// @param source opens the bytes
/// @param length how many bytes it has
public record HttpBody(Source source, long length) {
  /// Opens the bytes from their beginning.
  @FunctionalInterface
  public interface Source {
    /// Opens the bytes; the caller closes the stream.
    InputStream open() throws IOException;
  }

  /// Returns a body of the given bytes.
  public static HttpBody of(byte[] bytes) {
    return new HttpBody(() -> new ByteArrayInputStream(bytes), bytes.length);
  }
}
