package dev.testudo.trust.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementTest {
  private static final String A = "aa".repeat(32);
  private static final String B = "bb".repeat(32);
  private static final String X = "root:/x";

  @TempDir private Path directory;
  private Path lib;
  private Path image;

  @BeforeEach
  void layOut() throws IOException {
    lib = Files.createDirectories(directory.resolve("testudo/lib"));
    Files.writeString(lib.resolve("agent.jar"), "agent");
    Files.writeString(directory.resolve("testudo/testudo"), "launcher");
    image = Files.createDirectories(directory.resolve("image"));
    Files.writeString(directory.resolve("python"), "interpreter");
    describe("{\"name\":\"app\",\"files\":[\"%s\"]}".formatted(directory.resolve("python")));
    Files.createDirectories(image.resolve("root/app"));
    Files.writeString(image.resolve("root/app/main.py"), "print()");
    Files.createSymbolicLink(image.resolve("root/app/link"), Path.of("main.py"));
  }

  private void describe(String json) throws IOException {
    Files.writeString(image.resolve("image.json"), json);
  }

  private Measurement measure() throws IOException {
    return ImageMeasurement.of(lib, image).measurement();
  }

  /// Computed apart from this code, by the encoding in docs/formats/measurement.md, see there.
  @Test
  void followsItsSpecification() {
    var files = List.of(new MeasuredFile("b", 0100644, A), new MeasuredFile("a", 0, B));
    assertEquals(
        "6a2080754798e6e9ea7d1ebdbc6e67b2627d67320078ff3943918b48e47441c3",
        Measurement.of(files).hex());
  }

  @Test
  void doesNotDependOnOrder() {
    var one = new MeasuredFile("one", 1, A);
    var two = new MeasuredFile("two", 2, B);
    assertEquals(Measurement.of(List.of(one, two)), Measurement.of(List.of(two, one)));
  }

  @Test
  void dependsOnEveryPart() {
    var seen = new HashSet<Measurement>();
    for (var files :
        List.of(
            List.<MeasuredFile>of(),
            List.of(new MeasuredFile(X, 0, A)),
            List.of(new MeasuredFile(X, 1, A)),
            List.of(new MeasuredFile(X, 0, B)),
            List.of(new MeasuredFile("root:/y", 0, A)),
            List.of(new MeasuredFile(X, 0, A), new MeasuredFile("", 0, A)))) {
      assertTrue(seen.add(Measurement.of(files)), files.toString());
    }
  }

  @Test
  void nothingIsMeasuredTwice() {
    var file = new MeasuredFile(X, 0, A);
    assertThrows(IllegalArgumentException.class, () -> Measurement.of(List.of(file, file)));
  }

  @Test
  void isTheSameAgain() throws IOException {
    assertEquals(measure(), measure());
  }

  private interface Change {
    void make() throws IOException;
  }

  private void assertShows(Change change) throws IOException {
    var before = measure();
    change.make();
    assertNotEquals(before, measure());
  }

  @Test
  void showsAnyChangeOfAgentMachineAndImage() throws IOException {
    assertShows(() -> Files.writeString(lib.resolve("agent.jar"), "evil"));
    assertShows(() -> Files.writeString(lib.resolve("more.jar"), ""));
    assertShows(() -> Files.writeString(directory.resolve("testudo/testudo"), "evil"));
    assertShows(() -> Files.writeString(directory.resolve("python"), "evil"));
    assertShows(() -> Files.writeString(image.resolve("root/app/main.py"), "evil"));
    assertShows(() -> Files.createDirectory(image.resolve("root/empty")));
    assertShows(
        () -> Files.move(image.resolve("root/app/main.py"), image.resolve("root/app/m.py")));
    assertShows(
        () ->
            Files.setPosixFilePermissions(
                image.resolve("root/app/m.py"), PosixFilePermissions.fromString("rwxrwxrwx")));
    assertShows(
        () -> {
          Files.delete(image.resolve("root/app/link"));
          Files.createSymbolicLink(image.resolve("root/app/link"), Path.of("m.py"));
        });
    assertShows(() -> describe("{\"name\":\"other\",\"files\":[]}"));
  }

  @Test
  void handsOutWhatItMeasured() throws IOException {
    var measured = ImageMeasurement.of(lib, image);
    Files.writeString(image.resolve("root/app/main.py"), "evil");
    var entries = measured.entries();
    assertEquals(
        List.of("/app", "/app/link", "/app/main.py"),
        entries.stream().map(ImageEntry::path).toList());
    assertEquals(
        "print()",
        new String(((ImageEntry.RegularFile) entries.get(2)).content(), StandardCharsets.UTF_8));
    assertEquals(new ImageEntry.Link("/app/link", "main.py"), entries.get(1));
    assertEquals(List.of(directory.resolve("python")), measured.hostFiles());
  }

  @Test
  void anImageMayBringNoFilesOfItsOwn() throws IOException {
    Files.delete(image.resolve("root/app/link"));
    Files.delete(image.resolve("root/app/main.py"));
    Files.delete(image.resolve("root/app"));
    Files.delete(image.resolve("root"));
    assertEquals(List.of(), ImageMeasurement.of(lib, image).entries());
  }

  @Test
  void refusesWhatCannotBeMeasured() throws IOException {
    for (var json :
        List.of(
            "{\"name\":\"app\",\"files\":[\"relative\"]}",
            "{\"name\":\"app\",\"files\":[\"/usr/../etc/passwd\"]}",
            "{\"name\":\"app\",\"files\":[\"/does/not/exist\"]}",
            "{\"name\":\"app\",\"files\":[],\"more\":1}",
            "{\"name\":\"app\"}",
            "[]")) {
      describe(json);
      assertThrows(IOException.class, this::measure, json);
    }
  }

  @Test
  void refusesFilesThatAreNotFiles() throws IOException, InterruptedException {
    // A socket is the special file that Java can make.
    var address = UnixDomainSocketAddress.of(image.resolve("root/s"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      var problem = assertThrows(IOException.class, this::measure);
      assertEquals("image: neither file, directory nor link: root/s", problem.getMessage());
    }
  }

  @Test
  void reportDataBindsKeyAndNonce() {
    var one = Identity.ephemeral("a").certificate().getPublicKey();
    var two = Identity.ephemeral("a").certificate().getPublicKey();
    assertEquals(ReportData.of(one, new byte[32]), ReportData.of(one, new byte[32]));
    assertNotEquals(ReportData.of(one, new byte[32]), ReportData.of(two, new byte[32]));
    assertNotEquals(ReportData.of(one, new byte[32]), ReportData.of(one, new byte[31]));
  }
}
