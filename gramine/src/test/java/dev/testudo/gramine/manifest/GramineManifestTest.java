package dev.testudo.gramine.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.HostPrograms;
import dev.testudo.gramine.manifest.GramineManifest.Enclave;
import dev.testudo.gramine.manifest.GramineManifest.Start;
import dev.testudo.gramine.manifest.GramineManifest.VisibleFiles;
import dev.testudo.gramine.measure.EnclaveShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GramineManifestTest {
  private static final String HASH = "0b".repeat(32);

  /// Characters that TOML must escape, and others.
  private static final String HARD =
      "\"quoted\" \\u0041 back\\slash\ttab\nline\u0001\u007f $HOME ß 字 😀 #";

  @TempDir private Path folder;

  private static GramineManifest manifest(EnclaveShape shape) {
    return new GramineManifest(
        GramineRelease.V1_9,
        new TrustedFile("/usr/lib/gramine/libsysdb.so", HASH),
        new Start(
            "/usr/bin/python3",
            List.of("python3", "-c", HARD),
            new TreeMap<>(Map.of("HARD", HARD, "odd.name-1", "", "PATH", "/bin")),
            "/srv",
            1000,
            100),
        new VisibleFiles(
            "rootfs",
            List.of(
                new ManifestMount.HostFiles("/lib", "rootfs/usr/lib"),
                new ManifestMount.InMemory("/tmp"),
                new ManifestMount.EncryptedFolder("/data", "volumes/data", FolderKey.MRSIGNER)),
            List.of(
                new TrustedFile("rootfs/usr/bin/python3", HASH),
                new TrustedFile("rootfs/" + HARD.replace("/", ""), HASH))),
        new Enclave(shape, "2M", true, false, 7, 3));
  }

  /// Python reads TOML; both documents are printed in one form.
  private List<String> readByPython(GramineManifest manifest) throws Exception {
    Files.write(folder.resolve("manifest"), manifest.write().toBytes());
    var golden = Path.of(GramineManifestTest.class.getResource("/manifest.json").toURI());
    Files.copy(golden, folder.resolve("golden"), REPLACE_EXISTING);
    var printed =
        HostPrograms.run(
            folder,
            List.of(
                HostPrograms.PYTHON,
                "-I",
                "-c",
                """
                import json, tomllib
                show = lambda value: print(json.dumps(value, sort_keys=True))
                show(json.load(open('golden')))
                show(tomllib.load(open('manifest', 'rb')))
                """));
    return printed.lines().toList();
  }

  @Test
  void aTomlParserReadsWhatWasMeant() throws Exception {
    var read = readByPython(manifest(EnclaveShape.of("1G", 64, false)));
    assertEquals(read.getFirst(), read.getLast());
    assertEquals(2, read.size());
  }

  @Test
  void theSameValuesGiveTheSameBytes() throws Exception {
    var shape = EnclaveShape.of("1024G", 64, true);
    assertEquals(manifest(shape).write(), manifest(shape).write());
    assertNotEquals(manifest(shape).write(), manifest(EnclaveShape.of("1G", 64, false)).write());
  }

  @Test
  void nothingInsecureIsWritten() throws Exception {
    var text = new String(manifest(EnclaveShape.of("1G", 64, false)).write().toBytes(), UTF_8);
    assertTrue(text.contains("\ndebug = false\n"));
    assertTrue(text.contains("\nfile_check_policy = \"strict\"\n"));
    assertFalse(text.contains("insecure__"));
    assertFalse(text.contains("allowed_files"));
    assertFalse(text.contains("passthrough"));
  }
}
