package dev.testudo.cli.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares what is said of each Meshfile in `golden/curated`, beside which there is no manifest,
/// with its `.expected` file: diagnostics, and the remarks if the mesh is valid.
/// `-Dgolden.update=true` rewrites the expected files.
class CuratedGoldenTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "curated");

  @TempDir private Path work;

  static List<String> cases() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void saysExactlyThis(String name) throws Exception {
    var mesh = Files.copy(GOLDEN.resolve(name), work.resolve(name));
    var loaded = LoadedMesh.load(mesh, List.of());
    var said = new StringBuilder(Diagnostics.render(loaded.diagnostics())).append('\n');
    if (loaded instanceof Parsed.Valid<LoadedMesh>(var valid, _)) {
      valid.remarks().forEach(remark -> said.append(remark).append('\n'));
    }
    var actual = said.toString().replace(work + "/", "");
    var file = GOLDEN.resolve(name.replace(".yaml", ".expected"));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, actual);
    }
    assertEquals(Files.readString(file), actual);
  }
}
