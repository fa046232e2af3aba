package dev.testudo.image.sbom;

import dev.testudo.image.oci.Digest;
import dev.testudo.policy.source.Printable;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Collects the packages of an image, and what could not be read. The order in which they are found
/// does not matter.
final class SbomFindings {
  private static final int MAX_PACKAGES = 50_000;
  private static final int MAX_PLACES = 100;
  private static final int MAX_WARNINGS = 1000;
  private static final int MAX_TEXT = 300;

  private final SortedMap<String, Found> packages = new TreeMap<>();
  private final SortedSet<String> warnings = new TreeSet<>();

  /// A package and where it was found.
  ///
  /// @param paths the files that describe it
  /// @param layers the layers that these files come from
  record Found(SoftwarePackage software, SortedSet<String> paths, SortedSet<Digest> layers) {}

  /// Adds a package. One that is found at several places is one package.
  void add(SoftwarePackage software, String path, Digest layer) {
    if (software.name().isEmpty()
        || software.name().length() > MAX_TEXT
        || software.version().length() > MAX_TEXT
        || software.group().length() > MAX_TEXT) {
      warn(path, "the name or version of a package is missing or too long");
      return;
    }
    var url = software.url();
    if (packages.size() == MAX_PACKAGES && !packages.containsKey(url)) {
      warn("/", "there are more than %d packages; the others are missing".formatted(MAX_PACKAGES));
      return;
    }
    var found =
        packages.computeIfAbsent(url, _ -> new Found(software, new TreeSet<>(), new TreeSet<>()));
    if (found.paths().size() < MAX_PLACES) {
      found.paths().add(Printable.of(path));
      found.layers().add(layer);
    }
  }

  /// Notes that something could not be read.
  void warn(String path, String why) {
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add("%s: %s".formatted(Printable.of(path), why));
    }
  }

  /// Returns the packages by their package URL.
  SortedMap<String, Found> packages() {
    return packages;
  }

  SortedSet<String> warnings() {
    return warnings;
  }
}
