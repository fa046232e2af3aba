package dev.testudo.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A confidential image with a volume of files, encrypted or readable to everybody, runs under
/// podman: the program sees the files as they were written, or does not start. Runs as root.
@Timeout(900)
class ProtectedImageIT {
  private static final String STORED = "/usr/lib/testudo/files";
  private static final String TEXT = "as it was written";
  private static final String STARTED = "the program runs";
  private static final int ANY_USER = 12345;
  private static final int REFUSED = 4;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static ContainerWorkshop workshop;

  /// The files of a volume, and its tag.
  private record Made(Map<String, byte[]> files, String tag) {
    /// Returns the same volume with one byte of the large file changed.
    Made damaged() {
      var changed = new TreeMap<>(files);
      changed.replaceAll((name, bytes) -> name.endsWith(".s0") ? flipped(bytes) : bytes);
      return new Made(changed, tag);
    }

    private static byte[] flipped(byte[] segment) {
      var bytes = segment.clone();
      bytes[8192 + 100] ^= 1;
      return bytes;
    }
  }

  @BeforeAll
  static void makeImages() throws IOException, InterruptedException {
    workshop = ContainerWorkshop.in(shared);
    for (var protection : VolumeProtection.values()) {
      var name = name(protection);
      var volume = volume(protection, text("text"), large());
      permit(name, volume, volume.tag());
      permit(name + "-damaged", volume.damaged(), volume.tag());
    }
    var readable = VolumeProtection.AUTHENTICATED_ONLY;
    var tag = volume(readable, text("text"), large()).tag();
    permit("added", volume(readable, text("text"), large(), text("more")), tag);
    permit("removed", volume(readable, text("text")), tag);
    permit("renamed", volume(readable, text("texts"), large()), tag);
  }

  @AfterAll
  static void stop() throws IOException {
    workshop.close();
  }

  private static String name(VolumeProtection protection) {
    return protection.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static byte[] key() {
    var key = new byte[32];
    Arrays.fill(key, (byte) 9);
    return key;
  }

  private static Made volume(VolumeProtection protection, VolumeEntry... entries)
      throws IOException {
    var files = new TreeMap<String, byte[]>();
    VolumeSink sink =
        name ->
            new ByteArrayOutputStream() {
              @Override
              public void close() {
                files.put(name, toByteArray());
              }
            };
    try (var key = Secret.taking(key())) {
      var tag = VolumeWriter.write(List.of(entries), protection, key, sink);
      return new Made(files, tag.hex());
    }
  }

  private static VolumeEntry text(String name) {
    return file("/app/data/" + name, TEXT);
  }

  private static VolumeEntry large() {
    return file("/app/data/large", "x".repeat(9000));
  }

  private static VolumeEntry file(String path, String text) {
    var content = text.getBytes(UTF_8);
    return new VolumeEntry.RegularFile(
        path, 0400, content.length, () -> new ByteArrayInputStream(content));
  }

  /// Makes an image with a volume confidential, and registers a session that permits it.
  private static void permit(String name, Made volume, String tag) throws IOException {
    var script =
        "#!/bin/sh\necho %s\ncat /app/data/text; echo; wc -c < /app/data/large\n"
            .formatted(STARTED);
    var files =
        ImageFiles.ofBusybox("sh", "cat", "wc").file("/app/run.sh", script.getBytes(UTF_8), 0755);
    volume.files().forEach((file, bytes) -> files.file(STORED + "/" + file, bytes, 0444));
    workshop.layout().image("original-" + name, files, List.of("/app/run.sh"), "");
    var made = workshop.make("app", "original-" + name, name);
    workshop.cas().register(session(name, made.measurement(), tag));
  }

  private static String session(String name, String measurement, String tag) {
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
        .formatted(name, STORED, HexFormat.of().formatHex(key()), tag, measurement);
  }

  private static Podman.Ended run(String session, String image, int user, List<String> options)
      throws IOException, InterruptedException {
    return workshop.run(session + "/app", user, options, image);
  }

  private static void assertNeverStarted(Podman.Ended ended) {
    assertEquals(REFUSED, ended.exit(), ended.said());
    assertFalse(ended.said().contains(STARTED), ended.said());
    assertFalse(ended.said().contains(TEXT), ended.said());
  }

  @ParameterizedTest
  @EnumSource
  void theProgramSeesItsFilesAndNeedsNoRightsForThem(VolumeProtection protection) throws Exception {
    var name = name(protection);
    for (var user : List.of(0, ANY_USER)) {
      var options = user == 0 ? List.<String>of() : workshop.podman().restrictedTo(user);
      var ended = run(name, name, user, options);
      assertEquals(0, ended.exit(), ended.said());
      assertTrue(ended.out().contains(TEXT + "\n9000\n"), ended.said());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anImageWithAChangedByteInItsVolumeGetsNothing(VolumeProtection protection) throws Exception {
    var name = name(protection);
    assertNeverStarted(run(name, name + "-damaged", 0, List.of()));
    workshop.cas().hasRefused("attest", name + "/app", "attestation-refused");
  }

  @ParameterizedTest
  @EnumSource
  void aFileWithAChangedByteDoesNotOpenIfTheMeasurementIsPermitted(VolumeProtection protection)
      throws Exception {
    var name = name(protection) + "-damaged";
    var ended = run(name, name, 0, List.of());
    assertTrue(ended.said().contains(TEXT), ended.said());
    assertTrue(ended.said().contains("cannot open `/app/data/large` (EIO)"), ended.said());
    assertFalse(ended.said().contains("9000"), ended.said());
  }

  @ParameterizedTest
  @ValueSource(strings = {"added", "removed", "renamed"})
  void aFileThatIsAddedRemovedOrRenamedKeepsTheProgramFromStarting(String image) throws Exception {
    assertNeverStarted(run(image, image, 0, List.of()));
  }

  @Test
  void onlyFilesThatAreNotEncryptedCanBeReadInTheImage() throws Exception {
    for (var protection : VolumeProtection.values()) {
      var all = new StringBuilder();
      volume(protection, text("text"), large())
          .files()
          .values()
          .forEach(bytes -> all.append(new String(bytes, ISO_8859_1)));
      boolean readable = protection == VolumeProtection.AUTHENTICATED_ONLY;
      assertEquals(readable, all.indexOf(TEXT) >= 0);
    }
  }
}
