package dev.testudo.cli.build;

import dev.testudo.cli.image.CopyPlan;
import dev.testudo.cli.image.ImageRecipe;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.ManifestImage;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.manifest.BuildKind;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// What a service manifest asks of an image: all that is known before the base is read.
///
/// @param build the section of the manifest
/// @param base the base image; empty for an image that starts from nothing
/// @param target where the image goes (`build.to`)
/// @param recipe the program and the files; its working directory is `/` if the manifest names none
/// @param requirements the list of Python packages, on this machine
public record BuildOrder(
    Build build,
    Optional<ImageLocation> base,
    ImageLocation target,
    ImageRecipe recipe,
    Optional<Path> requirements) {

  /// Reads what a manifest asks for, and reports everything that cannot be done.
  public static Parsed<BuildOrder> of(FoundManifest found) {
    var problems = new Problems();
    var build = found.manifest().build();
    var recipe = problems.take(ManifestImage.recipe(found));
    recipe.map(CopyPlan::of).ifPresent(problems::take);
    var target = location(build.to(), found.folder(), problems);
    var base = base(build, found.folder(), problems);
    var requirements =
        build.steps().requirements().flatMap(text -> requirements(build, text, found, problems));
    return problems.result(
        () ->
            new BuildOrder(build, base, target.orElseThrow(), recipe.orElseThrow(), requirements));
  }

  private static Optional<ImageLocation> base(Build build, Path folder, Problems problems) {
    var kind = build.base().kind();
    var usual = kind.usualBase().map(text -> build.to().withValue(text));
    var from = build.base().from().or(() -> usual);
    if (from.isEmpty() && kind == BuildKind.SCONIFY_IMAGE) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MISSING_KEY,
                  build.base().kindAt(),
                  "`kind: %s` needs `from`".formatted(kind))
              .labelled("which image becomes a confidential one?"));
    }
    return from.flatMap(text -> location(text, folder, problems));
  }

  private static Optional<ImageLocation> location(Text text, Path folder, Problems problems) {
    return switch (ImageLocation.read(text.value(), folder)) {
      case ImageLocation.Reading.Read(var location) -> Optional.of(location);
      case ImageLocation.Reading.Mistake(var at, var message) -> {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.INVALID_VALUE,
                    text.span(),
                    "`%s`, character %d: %s".formatted(text.quotable(), at + 1, message))
                .helped("name an image as in `registry.example/shop/api:1`"));
        yield Optional.empty();
      }
    };
  }

  private static Optional<Path> requirements(
      Build build, Text text, FoundManifest found, Problems problems) {
    if (build.base().kind() != BuildKind.PYTHON) {
      problems.add(
          wrong(
                  text,
                  "`requirements` lists Python packages, and `kind` is `%s`"
                      .formatted(build.base().kind()))
              .helped("install the packages with a command in `run`"));
      return Optional.empty();
    }
    try {
      var file = Path.of(text.value()).normalize();
      var path = found.folder().resolve(file);
      if (!file.isAbsolute() && !file.startsWith("..") && Files.isRegularFile(path)) {
        return Optional.of(path);
      }
    } catch (InvalidPathException e) {
      // reported like a file that does not exist
    }
    problems.add(
        wrong(text, "`%s` is not a file beside this manifest".formatted(text.quotable()))
            .helped("name a file in the manifest's folder that lists Python packages"));
    return Optional.empty();
  }

  private static Diagnostic wrong(Text text, String message) {
    return Diagnostic.error(DiagnosticId.INVALID_VALUE, text.span(), message);
  }

  /// Returns the name that is measured, and that a session gets.
  public String name() {
    return build.name().value();
  }

  /// Returns the recipe for a base with this working directory. It matters only if the manifest
  /// names none.
  ImageRecipe recipeOn(String workingDirectory) {
    if (build.program().pwd().isPresent() || workingDirectory.isEmpty()) {
      return recipe;
    }
    var call = recipe.program();
    return new ImageRecipe(
        recipe.name(),
        recipe.copies(),
        recipe.hostPaths(),
        recipe.source(),
        new ProgramCall(
            call.command(), Path.of("/").resolve(workingDirectory).normalize(), call.searchPath()));
  }

  /// Returns the files to copy, if they are still those that were there when this was read.
  static CopyPlan copies(ImageRecipe recipe) throws IOException {
    return switch (CopyPlan.of(recipe)) {
      case Parsed.Valid<CopyPlan>(var plan, _) -> plan;
      case Parsed.Invalid<CopyPlan> _ ->
          throw new IOException(
              "the files in %s have changed meanwhile".formatted(recipe.source()));
    };
  }
}
