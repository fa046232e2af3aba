package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the commands in the files of `golden/attest` and compares everything that they print: a
/// line with `$` is a command, its output follows, then lines of standard error after `!`, then the
/// exit code. `VECTORS` is the folder of recorded evidence, and `WORK` one with the files that are
/// made here. `-Dgolden.update=true` rewrites what commands print.
@Timeout(60)
class AttestTranscriptsTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "attest");
  private static final String VECTORS = "VECTORS";

  @TempDir private Path work;
  private String vectors = VECTORS;

  static List<String> transcripts() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void commandsPrintExactlyThis(String name) throws Exception {
    oddFiles();
    evidence();
    var file = GOLDEN.resolve(name);
    if (Files.readString(file).contains(VECTORS)) {
      vectors = RecordedVectors.folder().toString();
    }
    var actual = new StringBuilder();
    for (var line : Files.readAllLines(file)) {
      if (line.startsWith("# ")) {
        actual.append(line).append('\n');
      } else if (line.startsWith("$ ")) {
        actual.append(line).append('\n').append(printed(line.substring(2))).append('\n');
      }
    }
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, actual);
    }
    assertEquals(Files.readString(file), actual.toString());
  }

  private String printed(String command) {
    var words =
        Arrays.stream(command.replaceFirst("^testudo ", "").split(" ", -1))
            .map(word -> word.replace("WORK", work.toString()).replace(VECTORS, vectors))
            .toArray(String[]::new);
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var exit = Cli.run(words, CliTest.context(out, err, work));
    return "%s%sexit %d\n".formatted(shown(out), shown(err).replaceAll("(?m)^(?=.)", "! "), exit);
  }

  private String shown(ByteArrayOutputStream printed) {
    return printed.toString(UTF_8).replace(work.toString(), "WORK").replace(vectors, VECTORS);
  }

  /// Files that are no file, or none that anybody wants.
  private void oddFiles() throws IOException, InterruptedException {
    Files.createDirectory(work.resolve("folder"));
    Files.createFile(work.resolve("empty"));
    Files.writeString(work.resolve("garbage"), "\u001b[2Jhello\n");
    Files.createSymbolicLink(work.resolve("loop"), work.resolve("loop"));
    Files.createSymbolicLink(work.resolve("dangling"), work.resolve("absent"));
    Files.createSymbolicLink(work.resolve("device"), Path.of("/dev/zero"));
    try (var sparse = new RandomAccessFile(work.resolve("sparse").toFile(), "rw")) {
      sparse.setLength(2L << 30);
    }
    var pipe = work.resolve("pipe").toString();
    assertEquals(0, new ProcessBuilder("mkfifo", pipe).start().waitFor());
    var vector = Files.createDirectory(work.resolve("vector"));
    Files.writeString(vector.resolve("expected.json"), "{\"files\": {\"tcbInfo\": \"pipe\"}}");
    Files.createSymbolicLink(vector.resolve("pipe"), work.resolve("pipe"));
    var documents = Files.createDirectory(work.resolve("documents"));
    Files.createSymbolicLink(documents.resolve("sgx-qe-identity.json"), work.resolve("pipe"));
    Files.createDirectory(documents.resolve("intel-root-crl.json"));
  }

  private void evidence() throws IOException {
    var software =
        new Evidence.Software(
            new Measurement("11".repeat(32)),
            new Measurement("22".repeat(32)),
            new ReportData("5a".repeat(64)));
    Files.write(work.resolve("software.json"), Json.write(EvidenceJson.encode(software)));
  }
}
