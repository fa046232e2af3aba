package dev.testudo.vm.cpio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Cpio of GNU and of libarchive read what is written here, and the other way round.
class OtherCpioProgramsTest {
  private static final int MODIFIED = 1_700_000_000;

  @TempDir private Path folder;
  private Path tree = Path.of("");

  @BeforeEach
  void makeATree() throws Exception {
    tree = Files.createDirectory(folder.resolve("tree"));
    Files.createDirectory(tree.resolve("etc"));
    Files.writeString(tree.resolve("etc/name"), "größer\n");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("etc/name"));
    for (var path : List.of("etc/name", "etc")) {
      Files.setLastModifiedTime(tree.resolve(path), FileTime.from(MODIFIED, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @CsvSource({"cpio, cpio -o -H newc --quiet", "bsdcpio, bsdcpio -o -H newc --quiet"})
  void whatTheyWriteIsRead(String program, String command) throws Exception {
    needs(program);
    var archive = folder.resolve("archive");
    run("find . | sort | " + command + " > " + archive, tree);
    var entries = CpioReader.read(Octets.of(Files.readAllBytes(archive)));
    assertEquals(
        List.of("etc", "etc/name", "link"), entries.stream().map(CpioEntry::path).toList());
    assertEquals(MODIFIED, entries.get(1).modified());
    assertEquals(new CpioKind.File(Octets.of("größer\n".getBytes(UTF_8))), entries.get(1).kind());
    assertEquals(new CpioKind.SymbolicLink("etc/name"), entries.get(2).kind());
  }

  @ParameterizedTest
  @CsvSource({"cpio, cpio -i --quiet -m", "bsdcpio, bsdcpio -i --quiet -m"})
  void theyUnpackWhatIsWritten(String program, String command) throws Exception {
    needs(program);
    var content = new CpioKind.File(Octets.of("größer\n".getBytes(UTF_8)));
    var archive =
        Files.write(
            folder.resolve("archive"),
            CpioWriter.write(
                    List.of(
                        new CpioEntry("etc", new CpioKind.Directory(), 0755, 0, 0, MODIFIED),
                        new CpioEntry("etc/name", content, 0640, 0, 0, MODIFIED),
                        new CpioEntry(
                            "link", new CpioKind.SymbolicLink("etc/name"), 0777, 0, 0, MODIFIED)))
                .toBytes());
    var unpacked = Files.createDirectory(folder.resolve("unpacked"));
    run(command + " < " + archive, unpacked);
    assertEquals("größer\n", Files.readString(unpacked.resolve("link")));
    assertEquals(
        MODIFIED, Files.getLastModifiedTime(unpacked.resolve("etc/name")).to(TimeUnit.SECONDS));
    assertEquals(
        "rw-r-----",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(unpacked.resolve("etc/name"))));
  }

  private static void needs(String program) {
    var present = new File("/usr/bin", program).exists() || new File("/bin", program).exists();
    var absent = "not run: there is no program %s, which ./test installs".formatted(program);
    if (System.getenv("CI") != null) {
      assertTrue(present, absent);
    }
    Assumptions.assumeTrue(present, absent);
  }

  private void run(String command, Path directory) throws Exception {
    var output = folder.resolve("output");
    var process =
        new ProcessBuilder("sh", "-c", command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), command);
      assertEquals(0, process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }
}
