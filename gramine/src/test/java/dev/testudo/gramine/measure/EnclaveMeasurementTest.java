package dev.testudo.gramine.measure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.GramineException.Reason;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.HostPrograms;
import dev.testudo.gramine.elf.ElfFile;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// MRENCLAVE. There is no public value for a known manifest and library, so it is compared with a
/// second implementation.
class EnclaveMeasurementTest {
  @TempDir private Path folder;
  private byte[] library = {};

  @BeforeEach
  void compile() throws Exception {
    library = HostPrograms.library(folder);
  }

  private Octets measured(EnclaveShape shape, String manifest) throws GramineException {
    return EnclaveMeasurement.of(
        GramineRelease.V1_9,
        shape,
        Octets.of(manifest.getBytes(UTF_8)),
        ElfFile.read("libpal.so", Octets.of(library)));
  }

  private String secondOpinion(EnclaveShape shape, String manifest) throws Exception {
    var script = Path.of(EnclaveMeasurementTest.class.getResource("/mrenclave.py").toURI());
    Files.writeString(folder.resolve("manifest"), manifest);
    return HostPrograms.run(
            folder,
            List.of(
                HostPrograms.PYTHON,
                script.toString(),
                "manifest",
                "libpal.so",
                Long.toString(shape.bytes()),
                Integer.toString(shape.threads()),
                shape.dynamicMemory() ? "dynamic" : "static"))
        .strip();
  }

  @ParameterizedTest
  @CsvSource({"16M, 4, false", "64M, 7, false", "256M, 64, false", "1024G, 4, true"})
  void aSecondImplementationMeasuresTheSame(String size, int threads, boolean dynamic)
      throws Exception {
    var shape = EnclaveShape.of(size, threads, dynamic);
    for (var manifest : List.of("x", "y".repeat(4095), "z".repeat(4096), "ß\n".repeat(3000))) {
      assertEquals(
          secondOpinion(shape, manifest), measured(shape, manifest).hex(), "" + manifest.length());
    }
  }

  @Test
  void eachInputMatters() throws Exception {
    var first = measured(EnclaveShape.of("16M", 4, false), "a");
    assertEquals(first, measured(EnclaveShape.of("16M", 4, false), "a"));
    assertNotEquals(first, measured(EnclaveShape.of("16M", 4, false), "b"));
    assertNotEquals(first, measured(EnclaveShape.of("32M", 4, false), "a"));
    assertNotEquals(first, measured(EnclaveShape.of("16M", 5, false), "a"));
    assertNotEquals(first, measured(EnclaveShape.of("16M", 4, true), "a"));
    var text = new String(library, java.nio.charset.StandardCharsets.ISO_8859_1);
    library[text.indexOf("a library like")]++;
    assertNotEquals(first, measured(EnclaveShape.of("16M", 4, false), "a"));
  }

  @Test
  void anEnclaveInWhichThePartsDoNotFitIsRefused() throws Exception {
    var shape = EnclaveShape.of("1M", 4, false);
    assertEquals(
        Reason.TOO_LARGE,
        assertThrows(GramineException.class, () -> measured(shape, "a")).reason());
  }

  @ParameterizedTest
  @CsvSource({
    "3G, 64, false, UNSUPPORTED",
    "512K, 64, false, UNSUPPORTED",
    "1, 64, false, UNSUPPORTED",
    "0G, 64, false, UNSUPPORTED",
    "-1G, 64, false, UNSUPPORTED",
    "9999999G, 64, false, UNSUPPORTED",
    "128G, 64, false, TOO_LARGE",
    "2048G, 64, true, TOO_LARGE",
    "1G, 3, false, UNSUPPORTED",
    "1G, 1025, false, UNSUPPORTED",
    "1G, -4, false, UNSUPPORTED"
  })
  void aShapeThatNoEnclaveHasIsRefused(String size, int threads, boolean dynamic, Reason reason) {
    assertEquals(
        reason,
        assertThrows(GramineException.class, () -> EnclaveShape.of(size, threads, dynamic))
            .reason());
  }

  @Test
  void aSizeIsWrittenAsGramineReadsIt() throws Exception {
    assertEquals("1G", EnclaveShape.of("1024M", 4, false).size());
    assertEquals("512M", EnclaveShape.of("512M", 4, false).size());
    assertEquals("1M", EnclaveShape.of("1024K", 4, false).size());
  }
}
