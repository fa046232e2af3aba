package dev.testudo.cli.mesh;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the service manifests of a mesh's images: every `*.yaml` and `*.yml` with `kind:
/// genservice` beside the Meshfile and one directory deeper.
final class ManifestSearch {
  private static final int MAX_FILES = 1000;
  private static final Set<String> NOT_SEARCHED = Set.of("target", "node_modules");

  private final Map<String, FoundManifest> found = new LinkedHashMap<>();
  private final List<Diagnostic> problems = new ArrayList<>();
  private final List<Optional<String>> broken = new ArrayList<>();
  private final List<Diagnostic> skipped = new ArrayList<>();
  private final Map<String, List<Diagnostic>> warnings = new LinkedHashMap<>();

  /// Returns the manifests by image.
  Map<String, FoundManifest> found() {
    return found;
  }

  /// Returns the errors of files that look like manifests but cannot be used.
  List<Diagnostic> problems() {
    return problems;
  }

  /// Returns true if a manifest that has errors makes `image`, or could make it because its own
  /// name of an image cannot be read.
  boolean isBroken(String image) {
    return broken.stream().anyMatch(name -> name.isEmpty() || name.get().equals(image));
  }

  /// Returns the warnings about the manifest of `image`.
  List<Diagnostic> warnings(String image) {
    return warnings.getOrDefault(image, List.of());
  }

  /// Returns a warning for each file that could not be read as text.
  List<Diagnostic> skipped() {
    return skipped;
  }

  /// Searches beside `meshFile`.
  void search(Path meshFile) throws IOException, CommandFailed {
    var absolute = meshFile.toAbsolutePath();
    var folder = absolute.getParent();
    if (folder == null) {
      return;
    }
    for (var file : candidates(folder)) {
      if (!file.equals(absolute)) {
        addIfText(shown(meshFile, folder, file));
      }
    }
  }

  /// Adds a file found by the search. A file that is not text is only skipped: it may have nothing
  /// to do with the mesh. If it was meant to be a manifest, its image has none, which is an error.
  private void addIfText(Path file) {
    try {
      add(file);
    } catch (CommandFailed e) {
      skipped.add(
          Diagnostic.warning(
              DiagnosticId.UNREADABLE_FILE,
              new SourceFile(file.toString(), "").whole(),
              "skipped: " + e.line()));
    }
  }

  /// Adds a file if it is a service manifest.
  void add(Path file) throws CommandFailed {
    add(file, SourceFiles.read(file));
  }

  void add(Path file, SourceFile source) {
    if (ManifestKind.of(source) != ManifestKind.SERVICE) {
      return;
    }
    switch (ServiceManifest.read(source)) {
      case Parsed.Invalid<ServiceManifest>(var wrong) -> {
        problems.addAll(wrong);
        broken.add(ServiceManifest.imageOf(source));
      }
      case Parsed.Valid<ServiceManifest>(var manifest, var doubtful) ->
          keep(new FoundManifest(file, manifest), doubtful);
    }
  }

  private void keep(FoundManifest next, List<Diagnostic> doubtful) {
    var first = found.putIfAbsent(next.image(), next);
    warnings.putIfAbsent(next.image(), doubtful);
    if (first != null && !normal(first.file()).equals(normal(next.file()))) {
      var to = next.manifest().build().to();
      problems.add(
          Diagnostic.error(
                  DiagnosticId.DUPLICATE_NAME,
                  to.span(),
                  "image `%s` has two manifests".formatted(to.value()))
              .labelled("also made by " + first.manifest().build().to().span().place()));
    }
  }

  private static Path normal(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /// Returns the name that the user would have typed: relative if the Meshfile's is.
  private static Path shown(Path meshFile, Path folder, Path file) {
    return meshFile.isAbsolute() ? file : meshFile.resolveSibling(folder.relativize(file));
  }

  private static List<Path> candidates(Path folder) throws IOException, CommandFailed {
    var files = new ArrayList<Path>();
    for (var entry : list(folder)) {
      if (Files.isDirectory(entry)) {
        if (isSearched(entry)) {
          list(entry).stream().filter(ManifestSearch::isYaml).forEach(files::add);
        }
      } else if (isYaml(entry)) {
        files.add(entry);
      }
    }
    if (files.size() > MAX_FILES) {
      throw CommandFailed.input(
          "%s has more than %d YAML files; put the mesh into a folder of its own"
              .formatted(folder, MAX_FILES));
    }
    return files;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private static boolean isSearched(Path folder) {
    var name = String.valueOf(folder.getFileName());
    return !name.startsWith(".") && !NOT_SEARCHED.contains(name) && Files.isReadable(folder);
  }

  private static boolean isYaml(Path file) {
    var name = String.valueOf(file.getFileName());
    return (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(file);
  }
}
