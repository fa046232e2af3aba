package dev.testudo.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.sealed.VolumeWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A confidential image with encrypted files runs under podman: the program sees them in clear, or
/// does not start. Runs as root.
@Timeout(900)
class EncryptedImageIT {
  private static final String STORED = "/usr/lib/testudo/files";
  private static final String SECRET = "tell nobody";
  private static final int ANY_USER = 12345;
  private static final int REFUSED = 4;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static ContainerWorkshop workshop;
  private static String tag;

  @BeforeAll
  static void makeImages() throws IOException, InterruptedException {
    workshop = ContainerWorkshop.in(shared);
    var cas = workshop.cas();
    var volume = volume();
    var whole = sconify("whole", files(volume));
    cas.register(session("app", whole, tag));
    cas.register(session("other", whole, "0".repeat(32)));
    volume.computeIfPresent(segment(volume), (_, bytes) -> damaged(bytes));
    cas.register(session("damaged", sconify("damaged", files(volume)), tag));
  }

  @AfterAll
  static void stop() throws IOException {
    workshop.close();
  }

  private static byte[] key() {
    var key = new byte[32];
    Arrays.fill(key, (byte) 9);
    return key;
  }

  private static Map<String, byte[]> volume() throws IOException {
    var files = new TreeMap<String, byte[]>();
    VolumeSink sink =
        name ->
            new ByteArrayOutputStream() {
              @Override
              public void close() {
                files.put(name, toByteArray());
              }
            };
    var entries =
        List.of(file("/app/data/text", SECRET), file("/app/data/large", "x".repeat(9000)));
    try (var key = Secret.taking(key())) {
      tag = VolumeWriter.write(entries, VolumeProtection.ENCRYPTED, key, sink).hex();
    }
    return files;
  }

  private static VolumeEntry file(String path, String text) {
    var content = text.getBytes(UTF_8);
    return new VolumeEntry.RegularFile(
        path, 0400, content.length, () -> new ByteArrayInputStream(content));
  }

  private static String segment(Map<String, byte[]> volume) {
    return volume.keySet().stream().filter(n -> n.endsWith(".s0")).findAny().orElseThrow();
  }

  /// Changes a byte of the large file.
  private static byte[] damaged(byte[] segment) {
    var bytes = segment.clone();
    bytes[8192 + 100] ^= 1;
    return bytes;
  }

  private static ImageFiles files(Map<String, byte[]> volume) throws IOException {
    var script = "#!/bin/sh\ncat /app/data/text; echo; wc -c < /app/data/large\n";
    var files =
        ImageFiles.ofBusybox("sh", "cat", "wc").file("/app/run.sh", script.getBytes(UTF_8), 0755);
    volume.forEach((name, bytes) -> files.file(STORED + "/" + name, bytes, 0444));
    return files;
  }

  /// Makes an image with these files confidential, and returns its measurement.
  private static String sconify(String name, ImageFiles files) throws IOException {
    workshop.layout().image("original-" + name, files, List.of("/app/run.sh"), "");
    return workshop.make("app", "original-" + name, name).measurement();
  }

  private static String session(String name, String measurement, String wanted) {
    return """
    name: %s
    version: "0.3.12"
    security: {attestation: {tolerate: [software-evidence]}}
    services:
      - name: app
        command: [/app/run.sh]
        environment: {PATH: "/usr/bin:/bin"}
        fspf_path: %s
        fspf_key: "%s"
        fspf_tag: "%s"
        attestation: [{mrenclave: "%s", join_token: required}]
    """
        .formatted(name, STORED, HexFormat.of().formatHex(key()), wanted, measurement);
  }

  private static Podman.Ended run(String session, String image, int user, List<String> options)
      throws IOException, InterruptedException {
    return workshop.run(session + "/app", user, options, image);
  }

  @Test
  void theProgramSeesItsFilesInClear() throws Exception {
    var ended = run("app", "whole", 0, List.of());
    assertEquals(0, ended.exit(), ended.said());
    assertTrue(ended.out().contains(SECRET + "\n9000\n"), ended.said());
  }

  @Test
  void itNeedsNoRights() throws Exception {
    var ended = run("app", "whole", ANY_USER, workshop.podman().restrictedTo(ANY_USER));
    assertEquals(0, ended.exit(), ended.said());
    assertTrue(ended.out().contains(SECRET + "\n9000\n"), ended.said());
  }

  @Test
  void anImageWithAChangedEncryptedByteGetsNothing() throws Exception {
    var ended = run("app", "damaged", 0, List.of());
    assertEquals(REFUSED, ended.exit(), ended.said());
    assertFalse(ended.said().contains(SECRET), ended.said());
    workshop.cas().hasRefused("attest", "app/app", "attestation-refused");
  }

  @Test
  void aChangedByteIsAnErrorIfItsMeasurementIsPermitted() throws Exception {
    var ended = run("damaged", "damaged", 0, List.of());
    assertTrue(ended.said().contains(SECRET), ended.said());
    assertTrue(ended.said().contains("cannot open `/app/data/large` (EIO)"), ended.said());
    assertFalse(ended.said().contains("9000"), ended.said());
  }

  @Test
  void anotherStateThanThatOfTheTagDoesNotStart() throws Exception {
    var ended = run("other", "whole", 0, List.of());
    assertEquals(REFUSED, ended.exit(), ended.said());
    assertFalse(ended.said().contains(SECRET), ended.said());
  }
}
