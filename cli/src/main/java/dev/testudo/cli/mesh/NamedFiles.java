package dev.testudo.cli.mesh;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The files that a Meshfile names (`image_secrets`).
final class NamedFiles {
  private NamedFiles() {}

  /// Reads the files, by their paths as written. One that does not exist, or lies neither beside
  /// nor below the Meshfile, is left out; the plan of the mesh then reports it.
  static Map<String, SourceFile> of(Parsed<Mesh> read, Path meshFile) throws CommandFailed {
    var files = new LinkedHashMap<String, SourceFile>();
    if (read instanceof Parsed.Valid<Mesh>(var mesh, _)) {
      for (var service : mesh.services()) {
        var named = place(service, meshFile);
        if (named.filter(Files::isRegularFile).isPresent()) {
          var path = service.imageSecrets().map(Text::value).orElseThrow();
          files.put(path, SourceFiles.read(named.get()));
        }
      }
    }
    return files;
  }

  private static Optional<Path> place(MeshService service, Path meshFile) {
    return service
        .imageSecrets()
        .flatMap(text -> relative(text.value()))
        .map(meshFile::resolveSibling);
  }

  private static Optional<Path> relative(String text) {
    try {
      var path = Path.of(text).normalize();
      return path.isAbsolute() || path.startsWith("..") ? Optional.empty() : Optional.of(path);
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }
}
