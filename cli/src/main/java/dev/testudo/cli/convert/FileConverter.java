package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Data.Item;
import dev.testudo.cli.convert.Sources.Reference;
import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Converts the volumes that a container mounts.
record FileConverter(Tree tree, Sources sources, Report report) {
  private static final int USUAL_MODE = 0644;
  private static final int ALL_MODES = 0777;

  /// A file to inject.
  private record Mounted(String content, int mode) {}

  /// A part of a volume: one object, and which of its keys are files.
  private record Part(Reference reference, Mapping spec, int mode) {}

  /// A place where a volume is visible in a container.
  ///
  /// @param subPath the file or folder of the volume that is visible, empty for all
  private record Mount(String path, String subPath) {}

  /// Returns the entries of `injection_files`.
  List<Object> convert(Workload workload, Container container) {
    var files = new LinkedHashMap<String, Mounted>();
    for (var mount : tree.mappings(container.spec(), "volumeMounts")) {
      var name = tree.requiredText(mount, "name", "a mount");
      var path = tree.requiredText(mount, "mountPath", "a mount");
      if (name.isPresent() && path.isPresent()) {
        var volume = workload.volumes().get(name.get().value());
        if (volume != null) {
          mount(container, mount, path.get(), volume, files);
        } else if (!workload.object().kind().value().equals("StatefulSet")) {
          reportUnknown(name.get(), workload);
        } else {
          warnEmpty(path.get(), "a claim of the StatefulSet");
        }
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

  private void reportUnknown(Text name, Workload workload) {
    tree.problems()
        .addSuggesting(
            Diagnostic.error(
                DiagnosticId.UNKNOWN_VOLUME,
                name.span(),
                "the pod has no volume `%s`".formatted(name.quotable())),
            workload.volumes().keySet(),
            name.value());
  }

  private void mount(
      Container container, Mapping spec, Text path, Mapping volume, Map<String, Mounted> files) {
    var subPath = tree.text(spec, "subPath").map(Text::value).orElse("");
    var mount = new Mount(path.value().replaceAll("(?<=.)/+$", ""), subPath);
    for (var part : parts(container, path, volume)) {
      items(part)
          .forEach(
              (file, key) ->
                  target(mount, file)
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
  private static Optional<String> target(Mount mount, String file) {
    if (mount.subPath().isEmpty()) {
      return Optional.of(mount.path() + "/" + file);
    }
    if (file.equals(mount.subPath())) {
      return Optional.of(mount.path());
    }
    return file.startsWith(mount.subPath() + "/")
        ? Optional.of(mount.path() + file.substring(mount.subPath().length()))
        : Optional.empty();
  }

  private List<Part> parts(Container container, Text path, Mapping volume) {
    var projected = tree.mapping(volume, "projected");
    if (projected.isPresent()) {
      var mode = mode(projected.get(), "defaultMode").orElse(USUAL_MODE);
      return tree.mappings(projected.get(), "sources").stream()
          .flatMap(source -> partsOf(container, path, source, "name", mode).stream())
          .toList();
    }
    return partsOf(container, path, volume, "secretName", USUAL_MODE);
  }

  private List<Part> partsOf(
      Container container, Text path, Mapping volume, String secretName, int usual) {
    var references = new References(tree).ofVolume(volume, secretName);
    if (references.isEmpty()) {
      other(container, path, volume);
    }
    return references.stream()
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

  /// Tells what happens to a volume that holds neither ConfigMap nor Secret.
  private void other(Container container, Text path, Mapping volume) {
    var kind =
        volume.entries().stream()
            .map(entry -> entry.key().text())
            .filter(key -> !key.equals("name"))
            .findFirst()
            .orElse("emptyDir");
    if (kind.equals("emptyDir")) {
      report.left(
          "%s: emptyDir at %s: the program has the folder of its image there, and `/tmp`"
              .formatted(container.service(), path.value()));
    } else if (kind.equals("downwardAPI") || kind.equals("serviceAccountToken")) {
      report.left("%s: %s at %s".formatted(container.service(), kind, path.value()));
    } else {
      warnEmpty(path, "`" + kind + "`");
    }
  }

  private void warnEmpty(Text path, String what) {
    tree.problems()
        .add(
            Diagnostic.warning(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    path.span(),
                    "%s at `%s` is not converted".formatted(what, path.quotable()))
                .labelled("the service does not have these files, and loses what it writes here")
                .helped(
                    what.equals("`hostPath`")
                        ? "`build.host_paths` names files of the host, which the host can change"
                        : "encrypted volumes are not supported yet"));
  }
}
