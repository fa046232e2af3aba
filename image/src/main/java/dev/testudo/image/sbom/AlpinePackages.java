package dev.testudo.image.sbom;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.oci.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The packages of Alpine's apk: `/lib/apk/db/installed`, paragraphs of fields with one letter.
final class AlpinePackages implements PackageReader {
  static final Set<String> DATABASES = Set.of("/lib/apk/db/installed", "/usr/lib/apk/db/installed");

  private final ReleaseFile release;
  private final List<Installed> installed = new ArrayList<>();

  private record Installed(Map<Character, String> fields, String path, Digest layer) {}

  AlpinePackages(ReleaseFile release) {
    this.release = release;
  }

  @Override
  public boolean reads(String path) {
    return DATABASES.contains(path);
  }

  @Override
  public int limit() {
    return 64 << 20;
  }

  @Override
  public void read(String path, Digest layer, byte[] content, SbomFindings into) {
    var fields = new HashMap<Character, String>();
    for (var line : new String(content, UTF_8).split("\n", -1)) {
      if (line.isBlank()) {
        installed.add(new Installed(fields, path, layer));
        fields = new HashMap<>();
      } else if (line.length() > 1 && line.charAt(1) == ':') {
        fields.putIfAbsent(line.charAt(0), line.substring(2).strip());
      }
    }
    installed.add(new Installed(fields, path, layer));
  }

  @Override
  public void finish(SbomFindings into) {
    installed.forEach(one -> add(one.fields(), one.path(), one.layer(), into));
  }

  private void add(Map<Character, String> fields, String path, Digest layer, SbomFindings into) {
    var name = fields.get('P');
    if (name == null) {
      return;
    }
    var distribution = release.distribution();
    var qualifiers = new TreeMap<String, String>();
    put(qualifiers, "arch", fields.getOrDefault('A', ""));
    put(qualifiers, "distro", distribution.name());
    if (!fields.getOrDefault('o', name).equals(name)) {
      put(qualifiers, "upstream", fields.getOrDefault('o', ""));
    }
    var licence = fields.getOrDefault('L', "");
    into.add(
        new SoftwarePackage(
            "apk",
            distribution.id("alpine"),
            name,
            fields.getOrDefault('V', ""),
            qualifiers,
            licence.isEmpty() ? List.of() : List.of(licence)),
        path,
        layer);
  }

  private static void put(Map<String, String> into, String name, String value) {
    if (!value.isEmpty()) {
      into.put(name, value);
    }
  }
}
