package dev.testudo.image.sbom;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A package as its own files describe it.
///
/// @param type the type of package URLs, such as `deb` and `npm`
/// @param group the namespace: a distribution, a scope or a group; empty if there is none
/// @param name the name
/// @param version the version; empty if it is not stated
/// @param qualifiers further parts of the package URL by name
/// @param licences what the package says about its licences, in its own words
record SoftwarePackage(
    String type,
    String group,
    String name,
    String version,
    SortedMap<String, String> qualifiers,
    List<String> licences) {
  private static final String UNRESERVED = "-._~";

  /// Copies the collections.
  SoftwarePackage {
    qualifiers = Collections.unmodifiableSortedMap(new TreeMap<>(qualifiers));
    licences = List.copyOf(licences);
  }

  static SoftwarePackage of(
      String type, String group, String name, String version, List<String> licences) {
    return new SoftwarePackage(type, group, name, version, new TreeMap<>(), licences);
  }

  /// Returns the package URL (github.com/package-url/purl-spec).
  String url() {
    var text = new StringBuilder("pkg:").append(type).append('/');
    if (!group.isEmpty()) {
      text.append(encode(group)).append('/');
    }
    text.append(encode(name));
    if (!version.isEmpty()) {
      text.append('@').append(encode(version));
    }
    if (!qualifiers.isEmpty()) {
      text.append('?')
          .append(
              qualifiers.entrySet().stream()
                  .map(one -> one.getKey() + "=" + encode(one.getValue()))
                  .collect(Collectors.joining("&")));
    }
    return text.toString();
  }

  private static String encode(String part) {
    var text = new StringBuilder();
    for (var one : part.getBytes(StandardCharsets.UTF_8)) {
      var c = (char) (one & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
        text.append(c);
      } else {
        text.append("%%%02X".formatted((int) c));
      }
    }
    return text.toString();
  }
}
