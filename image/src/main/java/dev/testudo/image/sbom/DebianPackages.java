package dev.testudo.image.sbom;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The packages of dpkg: `/var/lib/dpkg/status`, or a file per package in `status.d` in distroless
/// images. Licences are those that machine-readable copyright files name (DEP 5).
final class DebianPackages implements PackageReader {
  private static final String STATUS = "/var/lib/dpkg/status";
  private static final String INFO = "/var/lib/dpkg/info/";
  private static final Pattern COPYRIGHT = Pattern.compile("/usr/share/doc/[^/]+/copyright");
  private static final int MAX_LICENCES = 50;

  private final ImageTree tree;
  private final List<Descriptor> layers;
  private final ReleaseFile release;
  private final List<Installed> installed = new ArrayList<>();
  private final Map<String, List<String>> licences = new HashMap<>();

  private record Installed(ControlText.Paragraph fields, String path, Digest layer) {}

  DebianPackages(ImageTree tree, List<Descriptor> layers, ReleaseFile release) {
    this.tree = tree;
    this.layers = layers;
    this.release = release;
  }

  @Override
  public boolean reads(String path) {
    return describes(path);
  }

  static boolean describes(String path) {
    return path.equals(STATUS)
        || (path.startsWith(STATUS + ".d/") && !path.endsWith(".md5sums"))
        || COPYRIGHT.matcher(path).matches();
  }

  @Override
  public int limit() {
    return 64 << 20;
  }

  @Override
  public void read(String path, Digest layer, byte[] content, SbomFindings into)
      throws SbomException {
    if (COPYRIGHT.matcher(path).matches()) {
      licences.put(path, licences(content));
    } else {
      ControlText.read(content, fields -> add(fields, path, layer));
    }
  }

  private void add(ControlText.Paragraph fields, String path, Digest layer) {
    var status = fields.first("Status");
    // A package that was removed but not purged stays in the list. `status.d` has no such field.
    if (!fields.first("Package").isEmpty() && (status.isEmpty() || isInstalled(status))) {
      installed.add(new Installed(fields, path, layer));
    }
  }

  private static boolean isInstalled(String status) {
    return List.of(
            "installed", "half-configured", "unpacked", "triggers-pending", "triggers-awaited")
        .contains(status.substring(status.lastIndexOf(' ') + 1));
  }

  private static List<String> licences(byte[] content) throws SbomException {
    if (ControlText.first(content).first("Format").isEmpty()) {
      return List.of();
    }
    var names = new LinkedHashSet<String>();
    ControlText.read(
        content,
        paragraph -> {
          var name = paragraph.first("License").lines().findFirst().orElse("").strip();
          if (!name.isEmpty() && names.size() < MAX_LICENCES) {
            names.add(name);
          }
        });
    return names.stream().sorted().toList();
  }

  @Override
  public void finish(SbomFindings into) {
    var distribution = release.distribution();
    for (var one : installed) {
      var name = one.fields().first("Package");
      var architecture = one.fields().first("Architecture");
      var qualifiers = new TreeMap<String, String>();
      putUnlessEmpty(qualifiers, "arch", architecture);
      putUnlessEmpty(qualifiers, "distro", distribution.name());
      var source = one.fields().first("Source").replaceFirst("\\s.*$", "");
      if (!source.equals(name)) {
        putUnlessEmpty(qualifiers, "upstream", source);
      }
      into.add(
          new SoftwarePackage(
              "deb",
              distribution.id("debian"),
              name,
              one.fields().first("Version"),
              qualifiers,
              licencesOf(name)),
          one.path(),
          layerOf(name, architecture, one.layer()));
    }
  }

  private static void putUnlessEmpty(Map<String, String> into, String name, String value) {
    if (!value.isEmpty()) {
      into.put(name, value);
    }
  }

  /// The folder of a package's documentation may be a link to that of another one.
  private List<String> licencesOf(String name) {
    return tree.find("/usr/share/doc/" + name + "/copyright")
        .map(found -> licences.getOrDefault(found.path(), List.of()))
        .orElse(List.of());
  }

  /// Each layer that installs anything has the whole list, but the files of a package only once.
  private Digest layerOf(String name, String architecture, Digest otherwise) {
    return tree.findLink(INFO + name + ".list")
        .or(() -> tree.findLink(INFO + name + ":" + architecture + ".list"))
        .filter(found -> found.file().layer() >= 0)
        .map(found -> layers.get(found.file().layer()).digest())
        .orElse(otherwise);
  }
}
