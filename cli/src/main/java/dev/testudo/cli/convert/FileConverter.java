package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Data.Item;
import dev.testudo.cli.convert.Sources.Reference;
import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Converts the ConfigMaps and Secrets that a container mounts.
record FileConverter(Tree tree, Sources sources, Report report) {
  private static final int USUAL_MODE = 0644;
  private static final int ALL_MODES = 0777;

  /// A file to inject.
  private record Mounted(String content, int mode) {}

  /// A part of a volume: one object, and which of its keys are files.
  private record Part(Reference reference, Mapping spec, int mode) {}

  /// Returns the entries of `injection_files`.
  List<Object> convert(Container container, List<Mount> mounts) {
    var files = new LinkedHashMap<String, Mounted>();
    for (var mount : mounts) {
      if (mount.kind() == Mount.Kind.POLICY) {
        add(container, mount, files);
      }
    }
    return files.entrySet().stream().map(FileConverter::entry).toList();
  }

  private static Object entry(Map.Entry<String, Mounted> file) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put("path", file.getKey());
    entry.put("content", file.getValue().content());
    entry.put("permission", "0o%03o".formatted(file.getValue().mode()));
    return entry;
  }

  private void add(Container container, Mount mount, Map<String, Mounted> files) {
    var subPath = tree.text(mount.spec(), "subPath").map(Text::value).orElse("");
    for (var part : parts(container, mount)) {
      items(part)
          .forEach(
              (file, key) ->
                  target(mount.folder(), subPath, file)
                      .ifPresent(
                          target ->
                              item(part, key)
                                  .ifPresent(
                                      item ->
                                          files.put(target, mounted(container, part, key, item)))));
    }
  }

  private Mounted mounted(Container container, Part part, Text key, Item item) {
    var text = sources.text(container.service(), part.reference(), key.value(), item, true);
    return new Mounted(text, modeOf(part, key));
  }

  private Optional<Item> item(Part part, Text key) {
    return sources.one(part.reference(), key);
  }

  /// Returns the path of a file in the container, if the mount shows it.
  ///
  /// @param subPath the file or folder of the volume that is visible, empty for all
  private static Optional<String> target(String folder, String subPath, String file) {
    if (subPath.isEmpty()) {
      return Optional.of(folder + "/" + file);
    }
    if (file.equals(subPath)) {
      return Optional.of(folder);
    }
    return file.startsWith(subPath + "/")
        ? Optional.of(folder + file.substring(subPath.length()))
        : Optional.empty();
  }

  private List<Part> parts(Container container, Mount mount) {
    var volume = mount.volume().orElseThrow();
    var projected = tree.mapping(volume, "projected");
    if (projected.isEmpty()) {
      return partsOf(volume, "secretName", USUAL_MODE);
    }
    var mode = mode(projected.get(), "defaultMode").orElse(USUAL_MODE);
    var parts = new ArrayList<Part>();
    for (var source : tree.mappings(projected.get(), "sources")) {
      var found = partsOf(source, "name", mode);
      if (found.isEmpty()) {
        source.entries().forEach(other -> left(container, mount, other.key().text()));
      }
      parts.addAll(found);
    }
    return parts;
  }

  private void left(Container container, Mount mount, String source) {
    report.left(
        "%s: %s at %s: the program must not trust what the cluster says"
            .formatted(container.service(), source, mount.folder()));
  }

  private List<Part> partsOf(Mapping volume, String secretName, int usual) {
    return new References(tree)
        .ofVolume(volume, secretName).stream()
            .map(
                reference -> {
                  var key = reference.isSecret() ? "secret" : "configMap";
                  var spec = tree.mapping(volume, key).orElseThrow();
                  return new Part(reference, spec, mode(spec, "defaultMode").orElse(usual));
                })
            .toList();
  }

  /// Returns the keys of the object by the paths of the files in the volume.
  private Map<String, Text> items(Part part) {
    var files = new LinkedHashMap<String, Text>();
    if (!tree.has(part.spec(), "items")) {
      var place = part.reference().name().span();
      sources.all(part.reference()).keySet().forEach(key -> files.put(key, new Text(key, place)));
      return files;
    }
    for (var item : tree.mappings(part.spec(), "items")) {
      var key = tree.requiredText(item, "key", "an item");
      var path = tree.requiredText(item, "path", "an item");
      key.ifPresent(k -> path.ifPresent(p -> files.put(p.value(), k)));
    }
    return files;
  }

  private int modeOf(Part part, Text key) {
    return tree.mappings(part.spec(), "items").stream()
        .filter(i -> tree.text(i, "key").filter(k -> k.value().equals(key.value())).isPresent())
        .flatMap(item -> mode(item, "mode").stream())
        .findFirst()
        .orElse(part.mode());
  }

  /// Returns mode bits: octal with a leading zero, as YAML 1.1 has it, or else decimal.
  private Optional<Integer> mode(Mapping spec, String key) {
    var text = tree.text(spec, key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var written = text.get().value();
    var mode =
        written.matches("0o?[0-7]{1,5}")
            ? Integer.parseInt(written.replaceFirst("^0o?(?=.)", ""), 8)
            : written.matches("[0-9]{1,4}") ? Integer.parseInt(written) : -1;
    if (mode < 0 || mode > ALL_MODES) {
      tree.problems()
          .add(
              Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.get().span(),
                  "`%s` is a file mode from 0 to 0777".formatted(key)));
      return Optional.empty();
    }
    return Optional.of(mode);
  }
}
