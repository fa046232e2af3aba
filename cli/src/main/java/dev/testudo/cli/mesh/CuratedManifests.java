package dev.testudo.cli.mesh;

import dev.testudo.cli.curated.CuratedImage;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives the services of a mesh that are curated their manifests. A service is curated if no
/// manifest beside the Meshfile makes its image, not even another version of it, and the last part
/// of the image's name is that of a curated service.
final class CuratedManifests {
  private final Mesh mesh;
  private final Path file;
  private final Problems problems;
  private final Map<String, FoundManifest> curated = new LinkedHashMap<>();

  private CuratedManifests(Mesh mesh, Path file, Problems problems) {
    this.mesh = mesh;
    this.file = file;
    this.problems = problems;
  }

  /// Returns the manifests of the curated services, by the image that the Meshfile names.
  static Map<String, FoundManifest> of(
      Mesh mesh, Path file, ManifestSearch search, Problems problems) {
    var manifests = new CuratedManifests(mesh, file, problems);
    var made =
        search.found().keySet().stream()
            .map(CuratedManifests::repository)
            .collect(Collectors.toSet());
    for (var service : mesh.services()) {
      manifests.add(service, made, search.isBroken(service.image().value()));
    }
    manifests.reportUselessRepository();
    return manifests.curated;
  }

  /// @param made the repositories whose images have manifests
  private void add(MeshService service, Set<String> made, boolean broken) {
    var image = service.image().value();
    var recognised = CuratedImage.of(service, mesh.repository());
    if (recognised.isEmpty() || broken || made.contains(repository(image))) {
      service.base().ifPresent(this::reportUselessBase);
      return;
    }
    var next = recognised.get();
    var manifest = next.service().manifest(next.to(), next.base());
    var found = new FoundManifest(file, manifest, recognised);
    curated.putIfAbsent(image, found);
    curated.values().stream()
        .filter(other -> other.image().equals(found.image()))
        .flatMap(other -> other.curated().stream())
        .filter(other -> !isSame(other, next))
        .findFirst()
        .ifPresent(_ -> reportTwoBases(next));
  }

  private static boolean isSame(CuratedImage one, CuratedImage other) {
    return one.service() == other.service()
        && one.base().map(Text::value).equals(other.base().map(Text::value));
  }

  private static String repository(String image) {
    var name = image.split("@", 2)[0];
    var colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
  }

  private void reportUselessBase(Text base) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.CONFLICTING_KEYS, base.span(), "the service is not a curated one")
            .labelled("`base` is for curated services")
            .helped("`build.from` of a service manifest names its base"));
  }

  private void reportTwoBases(CuratedImage image) {
    var base = image.base().orElse(image.written());
    problems.add(
        Diagnostic.error(
                DiagnosticId.CONFLICTING_KEYS,
                base.span(),
                "image `%s` has two bases".formatted(image.to().quotable()))
            .labelled("another service of the mesh has this image with another base")
            .helped("give one of the images another name"));
  }

  private void reportUselessRepository() {
    if (curated.isEmpty()) {
      mesh.repository()
          .ifPresent(
              text ->
                  problems.add(
                      Diagnostic.warning(
                              DiagnosticId.WITHOUT_EFFECT,
                              text.span(),
                              "`repo.destination` has no effect")
                          .labelled("the mesh has no curated service")
                          .helped("`build.to` of a manifest says where its image goes")));
    }
  }

  /// Returns diagnostics as users can act on them: those about built-in manifests are about the
  /// Meshfile, and an unknown image may be a misspelled curated one.
  static List<Diagnostic> located(List<Diagnostic> found, Map<String, FoundManifest> curated) {
    var located = new ArrayList<Diagnostic>();
    for (var diagnostic : found) {
      var manifest = ofManifest(diagnostic, curated);
      if (manifest.isPresent()) {
        located.add(manifest.get().located(diagnostic));
      } else if (diagnostic.id() == DiagnosticId.UNKNOWN_IMAGE) {
        located.add(CuratedImage.unknown(diagnostic, diagnostic.span().text()));
      } else {
        located.add(CuratedImage.withoutFiles(diagnostic));
      }
    }
    return located;
  }

  private static Optional<CuratedImage> ofManifest(
      Diagnostic diagnostic, Map<String, FoundManifest> curated) {
    return curated.values().stream()
        .filter(found -> found.manifest().source().equals(diagnostic.span().source()))
        .findFirst()
        .flatMap(FoundManifest::curated);
  }
}
