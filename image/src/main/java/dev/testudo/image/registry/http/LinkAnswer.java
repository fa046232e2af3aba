package dev.testudo.image.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/// An answer whose body has not been read. The receiver closes it.
///
/// @param status the status code
/// @param headers the headers, which the JDK limits to 384 KiB together
/// @param url where the answer came from, after redirects
/// @param body the body; each read has a time limit
public record LinkAnswer(int status, HttpHeaders headers, URI url, InputStream body)
    implements AutoCloseable {
  /// The longest value of a header that is looked at.
  public static final int MAX_HEADER = 8192;

  /// Returns the first value of a header.
  ///
  /// @throws LinkException if it is longer than [#MAX_HEADER]
  public Optional<String> header(String name) throws LinkException {
    var value = headers.firstValue(name);
    if (value.isPresent()) {
      checkLength(name, value.get());
    }
    return value;
  }

  /// Returns all values of a header.
  ///
  /// @throws LinkException if one is longer than [#MAX_HEADER]
  public List<String> headers(String name) throws LinkException {
    var values = headers.allValues(name);
    for (var value : values) {
      checkLength(name, value);
    }
    return values;
  }

  private static void checkLength(String name, String value) throws LinkException {
    if (value.length() > MAX_HEADER) {
      throw new LinkException(
          LinkFault.TOO_LARGE,
          "the header `%s` has %d characters, %d are allowed"
              .formatted(name, value.length(), MAX_HEADER));
    }
  }

  /// Reads the whole body.
  ///
  /// @throws LinkException if it has more than `limit` bytes
  public byte[] bytes(int limit) throws IOException {
    var bytes = body.readNBytes(limit + 1);
    if (bytes.length > limit) {
      throw new LinkException(
          LinkFault.TOO_LARGE, "the answer has more than %d bytes".formatted(limit));
    }
    return bytes;
  }

  /// Reads the body as far as `limit`, for a message about a failure.
  public byte[] prefix(int limit) {
    try {
      return body.readNBytes(limit);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
