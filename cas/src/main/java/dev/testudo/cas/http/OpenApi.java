package dev.testudo.cas.http;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The description of the interface in the form of OpenAPI 3.1.
final class OpenApi {
  private static final String NAME = "openapi.json";

  private OpenApi() {}

  /// Returns the document, JSON.
  static byte[] document() {
    try (var in = OpenApi.class.getResourceAsStream(NAME)) {
      if (in == null) {
        throw new IllegalStateException(NAME + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
