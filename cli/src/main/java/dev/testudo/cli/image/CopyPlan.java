package dev.testudo.cli.image;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// The files that `build.copy` brings into an image: from the path in the image to the file on this
/// machine, in the order of paths. Links are followed and their targets copied. The paths in
/// `build.host_paths` are checked at the same time.
public record CopyPlan(Map<Path, Path> files) {
  /// The most files of one image.
  static final int MAX_FILES = 20_000;

  private static final int MAX_DEPTH = 32;

  public CopyPlan {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /// Plans the copies of `recipe` and reports every entry that cannot be copied.
  public static Parsed<CopyPlan> of(ImageRecipe recipe) {
    var problems = new Problems();
    var files = new TreeMap<Path, Path>();
    for (var copy : recipe.copies()) {
      try {
        plan(recipe, copy, files, problems);
      } catch (IOException | java.io.UncheckedIOException e) {
        problems.add(wrong(copy, "`%s` cannot be read".formatted(copy.value())));
      }
    }
    recipe.hostPaths().forEach(path -> checkHostPath(path, problems));
    return problems.result(() -> new CopyPlan(files));
  }

  private static void plan(ImageRecipe recipe, Text copy, Map<Path, Path> files, Problems problems)
      throws IOException {
    var relative = relative(copy);
    if (relative == null) {
      problems.add(
          wrong(copy, "`%s` is not a path below this manifest's folder".formatted(copy.value()))
              .helped("name files or folders beside the manifest"));
      return;
    }
    var source = recipe.source().resolve(relative);
    var target = recipe.program().workingDirectory().resolve(relative);
    if (Files.isDirectory(source)) {
      planTree(source, target, files);
    } else if (Files.isRegularFile(source)) {
      files.put(target, source);
    } else {
      problems.add(
          wrong(copy, "`%s` does not exist".formatted(copy.value()))
              .labelled("no such file or folder beside this manifest"));
    }
    if (files.size() > MAX_FILES) {
      problems.add(wrong(copy, "an image has at most %d files".formatted(MAX_FILES)));
    }
  }

  private static void planTree(Path source, Path target, Map<Path, Path> files) throws IOException {
    try (var walk = Files.walk(source, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      walk.filter(Files::isRegularFile)
          .limit(MAX_FILES + 1L)
          .forEach(file -> files.put(target.resolve(source.relativize(file).toString()), file));
    }
  }

  private static @org.jspecify.annotations.Nullable Path relative(Text copy) {
    try {
      var path = Path.of(copy.value()).normalize();
      var outside = path.isAbsolute() || path.startsWith("..") || path.toString().isEmpty();
      return outside ? null : path;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static void checkHostPath(Text text, Problems problems) {
    var path = text.value();
    if (path.indexOf('\0') >= 0
        || !path.startsWith("/")
        || !Path.of(path).normalize().toString().equals(path)) {
      problems.add(
          wrong(text, "`%s` is not an absolute, plain path".formatted(path))
              .helped("name a file or folder of this machine from `/` on, without `.` and `..`"));
    }
  }

  private static Diagnostic wrong(Text copy, String message) {
    return Diagnostic.error(DiagnosticId.INVALID_VALUE, copy.span(), message);
  }
}
