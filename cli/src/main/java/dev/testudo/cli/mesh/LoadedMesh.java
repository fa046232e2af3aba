package dev.testudo.cli.mesh;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.CopyPlan;
import dev.testudo.cli.image.ImageRecipe;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A mesh joined with its manifests, complete except for what depends on this machine.
///
/// @param images how each service's image is made, by name of the service
public record LoadedMesh(MeshPlan plan, Map<String, PlannedImage> images) {
  public LoadedMesh {
    images = Map.copyOf(images);
  }

  /// The recipe of one service's image and the files to copy.
  ///
  /// @param found the manifest of the image
  public record PlannedImage(FoundManifest found, ImageRecipe recipe, CopyPlan copies) {}

  /// Returns what [LocalLimits] says of the manifests.
  ///
  /// @param limits what is judged: a service that `up` starts, or files for elsewhere
  public List<Diagnostic> limits(Function<Build, List<Diagnostic>> limits) {
    return images.values().stream()
        .filter(image -> image.found().curated().isEmpty())
        .map(image -> image.found().manifest().build())
        .flatMap(build -> limits.apply(build).stream())
        .toList();
  }

  /// Returns true if `apply` builds the image of a service, because it is curated.
  public boolean hasCurated() {
    return images.values().stream().anyMatch(image -> image.found().curated().isPresent());
  }

  /// Returns a line for each curated service that says what it is made of.
  public List<String> remarks() {
    return plan.services().stream()
        .flatMap(service -> remark(service.name(), image(service.name()).found()).stream())
        .toList();
  }

  /// Returns a line for each curated service that says that it uses the programs of this machine.
  public List<String> localRemarks() {
    return plan.services().stream()
        .flatMap(
            service ->
                image(service.name()).found().curated().stream()
                    .map(image -> image.remark(service.name(), "the programs of this machine")))
        .toList();
  }

  private static Optional<String> remark(String service, FoundManifest found) {
    var base = found.manifest().build().base().from().map(Text::quotable).orElse("nothing");
    return found.curated().map(image -> image.remark(service, base));
  }

  /// Returns how the image of a service of the plan is made.
  public PlannedImage image(String service) {
    var image = images.get(service);
    if (image == null) {
      throw new IllegalArgumentException("no service " + service);
    }
    return image;
  }

  /// Reads the Meshfile `file` and the manifests of its images: those in `given`, then those found
  /// beside it. Reports everything that is wrong with any of them.
  public static Parsed<LoadedMesh> load(Path file, List<Path> given)
      throws IOException, CommandFailed {
    var mesh = Mesh.read(SourceFiles.read(file));
    var search = new ManifestSearch();
    for (var manifest : given) {
      search.add(manifest);
    }
    search.search(file);
    var files = NamedFiles.of(mesh, file);
    return mesh.then(valid -> join(valid, file, search, files));
  }

  /// Reads the Meshfile `file`, and returns the manifests of its services by their names. Each
  /// service must have one. Whether they fit together does not matter.
  public static Parsed<Map<String, FoundManifest>> manifests(Path file)
      throws IOException, CommandFailed {
    var search = new ManifestSearch();
    search.search(file);
    return Mesh.read(SourceFiles.read(file)).then(mesh -> manifests(mesh, file, search));
  }

  private static Parsed<Map<String, FoundManifest>> manifests(
      Mesh mesh, Path file, ManifestSearch search) {
    var problems = new Problems();
    var manifests = Manifests.of(mesh, file, search, problems);
    manifests.resolve(mesh, search, Map.of()).diagnostics().stream()
        .filter(problem -> problem.id() == DiagnosticId.UNKNOWN_IMAGE)
        .forEach(problems::add);
    return problems.result(
        () -> {
          var services = new LinkedHashMap<String, FoundManifest>();
          for (var service : mesh.services()) {
            services.put(service.name().value(), manifests.of(service.image().value()));
          }
          return services;
        });
  }

  /// The manifests beside a Meshfile and those of its curated services.
  ///
  /// @param all by image as the Meshfile names it
  /// @param curated those of curated services
  private record Manifests(Map<String, FoundManifest> all, Map<String, FoundManifest> curated) {

    static Manifests of(Mesh mesh, Path file, ManifestSearch search, Problems problems) {
      var all = new LinkedHashMap<>(search.found());
      var curated = CuratedManifests.of(mesh, file, search, problems);
      all.putAll(curated);
      problems.addAll(relevant(mesh, search, curated.keySet()));
      problems.addAll(search.skipped());
      mesh.services().forEach(s -> problems.addAll(search.warnings(s.image().value())));
      return new Manifests(all, curated);
    }

    FoundManifest of(String image) {
      return Objects.requireNonNull(all.get(image), image);
    }

    /// Joins the mesh with its manifests.
    Parsed<MeshPlan> resolve(Mesh mesh, ManifestSearch search, Map<String, SourceFile> files) {
      var manifests = new LinkedHashMap<String, ServiceManifest>();
      all.forEach((image, found) -> manifests.put(image, found.manifest()));
      return MeshPlan.resolve(mesh, manifests, files)
          .withProblems(
              found -> CuratedManifests.located(withoutFollowUps(found, search), curated));
    }
  }

  private static Parsed<LoadedMesh> join(
      Mesh mesh, Path file, ManifestSearch search, Map<String, SourceFile> files) {
    var problems = new Problems();
    var manifests = Manifests.of(mesh, file, search, problems);
    var plan = problems.take(manifests.resolve(mesh, search, files));
    var images = new LinkedHashMap<String, PlannedImage>();
    var made = new LinkedHashMap<String, FoundManifest>();
    manifests.all().values().forEach(found -> made.putIfAbsent(found.image(), found));
    for (var service : plan.map(MeshPlan::services).orElse(List.of())) {
      var found = made.get(service.image());
      if (found != null) {
        var recipe = recipe(service, found);
        problems
            .take(CopyPlan.of(recipe))
            .map(copies -> new PlannedImage(found, recipe, copies))
            .ifPresent(image -> images.put(service.name(), image));
      }
    }
    return problems.result(() -> new LoadedMesh(plan.orElseThrow(), images));
  }

  /// Returns the relevant problems of manifests. Files beside the Meshfile that do not belong to
  /// the mesh may have errors. These matter only if an image has no manifest, or if two manifests
  /// make the same image of the mesh.
  ///
  /// @param curated images that need no manifest
  private static List<Diagnostic> relevant(Mesh mesh, ManifestSearch search, Set<String> curated) {
    var wanted =
        mesh.services().stream()
            .map(service -> service.image().value())
            .filter(image -> !curated.contains(image))
            .toList();
    if (!search.found().keySet().containsAll(wanted)) {
      return search.problems();
    }
    var relevant = new ArrayList<Diagnostic>();
    for (var problem : search.problems()) {
      if (wanted.contains(problem.span().text())) {
        relevant.add(problem);
      }
    }
    return relevant;
  }

  /// Leaves out what is wrong only because a manifest has errors, which are reported themselves: an
  /// image without a manifest, and secrets that services import from it.
  private static List<Diagnostic> withoutFollowUps(List<Diagnostic> found, ManifestSearch search) {
    var caused =
        found.stream()
            .filter(problem -> problem.id() == DiagnosticId.UNKNOWN_IMAGE)
            .filter(problem -> search.isBroken(problem.span().text()))
            .toList();
    if (caused.isEmpty()) {
      return found;
    }
    return found.stream()
        .filter(problem -> !caused.contains(problem))
        .filter(problem -> problem.id() != DiagnosticId.UNKNOWN_SECRET)
        .toList();
  }

  private static ImageRecipe recipe(PlannedService service, FoundManifest found) {
    var launch = service.launch();
    return new ImageRecipe(
        service.image(),
        found.manifest().build().files().copy(),
        found.manifest().build().files().host(),
        found.folder(),
        new ProgramCall(
            launch.command().getFirst(),
            Path.of("/").resolve(launch.pwd().orElse("/")).normalize(),
            Optional.ofNullable(launch.environment().get("PATH"))));
  }
}
