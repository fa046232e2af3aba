package dev.testudo.image.sbom;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The distribution of an image (os-release(5)).
///
/// @param id the name, such as `debian`; empty if it is not stated
/// @param version the version, such as `12`; empty if it is not stated
record Distribution(String id, String version) {
  static final Distribution UNKNOWN = new Distribution("", "");

  private static final int MAX = 60;

  static Distribution read(byte[] content) {
    var id = "";
    var version = "";
    for (var line : new String(content, UTF_8).split("\n", -1)) {
      var parts = line.split("=", 2);
      if (parts.length == 2) {
        var value = parts[1].strip().replaceAll("^[\"']|[\"']$", "");
        if (parts[0].equals("ID") && value.length() < MAX) {
          id = value;
        } else if (parts[0].equals("VERSION_ID") && value.length() < MAX) {
          version = value;
        }
      }
    }
    return new Distribution(id, version);
  }

  String id(String otherwise) {
    return id.isEmpty() ? otherwise : id;
  }

  /// Returns both, such as `debian-12`; empty if the name is not stated.
  String name() {
    return id.isEmpty() || version.isEmpty() ? id : id + "-" + version;
  }
}
