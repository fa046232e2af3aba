package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

/// Runs `testudo convert` in a directory of a test.
abstract class ConvertRuns {
  static final Path GOLDEN = Path.of("src/test/resources/convert");

  @TempDir Path work;

  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();

  int run(String... args) {
    return runWith("", args);
  }

  int runWith(String input, String... args) {
    out.reset();
    err.reset();
    var context = CliTest.context(out, err, work);
    var streams =
        new CliContext.Streams(
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            context.streams().out(),
            context.streams().err());
    return Cli.run(
        args,
        new CliContext(
            context.environment(),
            streams,
            context.installation(),
            false,
            context.started(),
            context.insistence()));
  }

  Path made() {
    return work.resolve("made");
  }

  /// Converts and returns the text of each file that was written.
  Map<String, String> convert(String... more) throws IOException {
    var args = new ArrayList<>(List.of("convert", "-o", made().toString()));
    args.addAll(List.of(more));
    assertEquals(0, run(args.toArray(String[]::new)), () -> err.toString(UTF_8));
    return files(made());
  }

  static Map<String, String> files(Path folder) throws IOException {
    var files = new TreeMap<String, String>();
    try (var all = Files.walk(folder)) {
      for (var file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  String file(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text).toString();
  }

  void mustPassTheCheck() {
    assertEquals(
        0, run("check", made().resolve("mesh.yaml").toString()), () -> err.toString(UTF_8));
  }

  static String pod(String more) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: p}
    spec:
      containers:
        - name: p
          image: example/p:1
          command: [sh, -c, "echo 'a b' \\"c\\""]
          %s
    """
        .formatted(more);
  }
}
