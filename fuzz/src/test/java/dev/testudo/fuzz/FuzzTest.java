package dev.testudo.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the fuzz targets in a process of their own, beginning with the corpus. An input that makes
/// a target fail is printed in base64; add it to the corpus with the fix.
class FuzzTest {
  private static final Path ROOT = Path.of(System.getProperty("testudo.root", ".."));
  private static final Path CORPUS = ROOT.resolve("fuzz/src/test/resources/corpus");
  private static final Path GOLDEN = ROOT.resolve("policy/src/test/resources/golden");
  private static final int SHORT = 8;
  private static final int LONG = Integer.getInteger("fuzz.seconds", 60);
  private static final List<Class<?>> TARGETS =
      List.of(
          SessionTarget.class,
          ManifestTarget.class,
          TemplateTarget.class,
          KeyMaterialTarget.class,
          MessageTarget.class,
          EvidenceFileTarget.class,
          QuoteTarget.class,
          SnpReportTarget.class,
          IntelDocumentTarget.class,
          AuditLogTarget.class,
          BackupTarget.class,
          LayerTarget.class,
          ImageDocumentTarget.class,
          VolumeTarget.class,
          VolumeStoreTarget.class,
          FuseTarget.class,
          PeTarget.class,
          CpioTarget.class,
          FirmwareTarget.class,
          InitdataTarget.class,
          ElfTarget.class);

  @TempDir private Path folder;

  static List<Class<?>> targets() {
    return TARGETS;
  }

  @Test
  void nothingUnexpectedComesOfAnyInputInAFewSeconds() throws Exception {
    fuzz(EveryTarget.class, SHORT, TARGETS.stream().map(FuzzTest::corpus).toList());
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Tag("nightly")
  void nothingUnexpectedComesOfAnyInput(Class<?> target) throws Exception {
    fuzz(target, LONG, List.of(corpus(target), GOLDEN));
  }

  @Test
  void eachTargetHasACorpus() throws IOException {
    try (Stream<Path> folders = Files.list(CORPUS)) {
      assertEquals(
          TARGETS.stream().map(FuzzTest::corpus).sorted().toList(), folders.sorted().toList());
    }
    for (var target : TARGETS) {
      try (Stream<Path> inputs = Files.list(corpus(target))) {
        assertTrue(inputs.findAny().isPresent(), target.getSimpleName());
      }
    }
  }

  private static Path corpus(Class<?> target) {
    return CORPUS.resolve(target.getSimpleName());
  }

  private void fuzz(Class<?> target, int seconds, List<Path> corpora) throws Exception {
    var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path"))));
    if (seconds == SHORT) {
      // The optimising compiler would take longer than the run.
      words.add(1, "-XX:TieredStopAtLevel=1");
    }
    words.addAll(
        List.of(
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.getName(),
            "--instrumentation_includes=dev.testudo.**",
            "-max_total_time=" + seconds,
            "-max_len=16384",
            "-rss_limit_mb=3000",
            "-timeout=10",
            "-print_final_stats=1",
            Files.createDirectory(folder.resolve("found")).toString()));
    corpora.forEach(corpus -> words.add(corpus.toString()));
    var log = folder.resolve("log");
    var process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      var ended = process.waitFor(seconds + 180L, TimeUnit.SECONDS);
      var said = Files.readString(log);
      assertTrue(ended, said);
      assertEquals(0, process.exitValue(), said);
      assertTrue(said.contains("stat::number_of_executed_units"), said);
    } finally {
      process.destroyForcibly();
    }
  }
}
