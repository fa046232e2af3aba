package dev.testudo.image.layout;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.oci.Digest;

/// Names in layouts.
final class Layouts {
  static final String MARK_NAME = "oci-layout";
  static final String INDEX_NAME = "index.json";

  private Layouts() {}

  /// Returns the name of a blob's file.
  static String blob(Digest digest) {
    return "blobs/" + digest.algorithm().text() + "/" + digest.hex();
  }

  /// Returns the content of the file that makes a directory a layout.
  static byte[] mark() {
    return "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8);
  }
}
