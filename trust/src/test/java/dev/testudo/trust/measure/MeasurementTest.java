package dev.testudo.trust.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.software.CombinedMeasurement;
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
    return SoftwareMeasurement.of(lib, image).measurement();
  }

  /// The expected value was computed independently of this code, from the encoding
  /// in docs/formats/measurement.md.
  @Test
  void followsItsSpecification() {
    var files = List.of(new MeasuredFile("b", 0100644, A), new MeasuredFile("a", 0, B));
    assertEquals(
        "1cb6172cab3a5f23688069d2e566a13cadfe976c9eaaca7a40ab18acd0ca0aae",
        MeasuredPart.IMAGE.measure(files).hex());
  }

  @Test
  void combinesImageAndMachineAsSpecified() {
    assertEquals(
        "e0ec33a4b5e8ae90e01a34c2317539784c34b712144070ce52bb1cbf74df3521",
        CombinedMeasurement.of(new Measurement("ab".repeat(32)), new Measurement("cd".repeat(32)))
            .hex());
  }

  @Test
  void anImageIsNeverTakenForAMachine() {
    var files = List.of(new MeasuredFile(X, 0, A));
    assertNotEquals(MeasuredPart.IMAGE.measure(files), MeasuredPart.MACHINE.measure(files));
    var one = new Measurement(A);
    var two = new Measurement(B);
    assertNotEquals(CombinedMeasurement.of(one, two), CombinedMeasurement.of(two, one));
  }

  @Test
  void doesNotDependOnOrder() {
    var one = new MeasuredFile("one", 1, A);
    var two = new MeasuredFile("two", 2, B);
    assertEquals(
        MeasuredPart.IMAGE.measure(List.of(one, two)),
        MeasuredPart.IMAGE.measure(List.of(two, one)));
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
      assertTrue(seen.add(MeasuredPart.IMAGE.measure(files)), files.toString());
    }
  }

  @Test
  void nothingIsMeasuredTwice() {
    var file = new MeasuredFile(X, 0, A);
    assertThrows(
        IllegalArgumentException.class, () -> MeasuredPart.IMAGE.measure(List.of(file, file)));
  }

  @Test
  void isTheSameAgain() throws IOException {
    assertEquals(measure(), measure());
  }

  private interface Change {
    void make() throws IOException;
  }

  /// Asserts that a change affects the measurement that policies name, and exactly
  /// one of its two parts.
  private void assertShows(Change change, boolean inImage) throws IOException {
    var before = SoftwareMeasurement.of(lib, image);
    change.make();
    var after = SoftwareMeasurement.of(lib, image);
    assertNotEquals(before.measurement(), after.measurement());
    assertEquals(inImage, !before.image().measurement().equals(after.image().measurement()));
    assertEquals(!inImage, !before.machine().equals(after.machine()));
  }

  private void assertImageShows(Change change) throws IOException {
    assertShows(change, true);
  }

  private void assertMachineShows(Change change) throws IOException {
    assertShows(change, false);
  }

  @Test
  void showsAnyChangeOfAgentAndMachine() throws IOException {
    assertMachineShows(() -> Files.writeString(lib.resolve("agent.jar"), "evil"));
    assertMachineShows(() -> Files.writeString(lib.resolve("more.jar"), ""));
    assertMachineShows(() -> Files.writeString(directory.resolve("testudo/testudo"), "evil"));
    assertMachineShows(() -> Files.writeString(directory.resolve("python"), "evil"));
    assertMachineShows(() -> describe("{\"name\":\"app\",\"files\":[]}"));
  }

  @Test
  void showsAnyChangeOfTheImage() throws IOException {
    assertImageShows(() -> Files.writeString(image.resolve("root/app/main.py"), "evil"));
    assertImageShows(() -> Files.createDirectory(image.resolve("root/empty")));
    assertImageShows(
        () -> Files.move(image.resolve("root/app/main.py"), image.resolve("root/app/m.py")));
    assertImageShows(
        () ->
            Files.setPosixFilePermissions(
                image.resolve("root/app/m.py"), PosixFilePermissions.fromString("rwxrwxrwx")));
    assertImageShows(
        () -> {
          Files.delete(image.resolve("root/app/link"));
          Files.createSymbolicLink(image.resolve("root/app/link"), Path.of("m.py"));
        });
    var python = directory.resolve("python");
    assertImageShows(() -> describe("{\"name\":\"other\",\"files\":[\"%s\"]}".formatted(python)));
    var seen = "{\"name\":\"other\",\"files\":[\"%s\"],\"host_paths\":[%s]}";
    assertImageShows(() -> describe(seen.formatted(python, "\"/srv\"")));
    assertImageShows(() -> describe(seen.formatted(python, "\"/srv\",\"/mnt\"")));
  }

  @Test
  void handsOutWhatItMeasured() throws IOException {
    var measured = ImageMeasurement.of(ImageDescription.read(image), image);
    var entries = measured.entries();
    assertEquals(
        List.of("/app", "/app/link", "/app/main.py"),
        entries.stream().map(ImageEntry::path).toList());
    assertEquals(new ImageEntry.Link("/app/link", "main.py"), entries.get(1));
    assertEquals(List.of(directory.resolve("python")), measured.description().hostFiles());
    var file = (ImageEntry.RegularFile) entries.get(2);
    assertEquals("print()", new String(file.read(100), StandardCharsets.UTF_8));
    assertThrows(IOException.class, () -> file.read(6));
  }

  @Test
  void nobodyGetsAFileThatHasChangedSinceItWasMeasured() throws IOException {
    var file =
        (ImageEntry.RegularFile)
            ImageMeasurement.of(ImageDescription.read(image), image).entries().get(2);
    for (var content : List.of("prinT()", "print", "print()#", "")) {
      Files.writeString(image.resolve("root/app/main.py"), content);
      var problem = assertThrows(IOException.class, () -> file.read(100), content);
      assertEquals(file.source() + " has changed since it was measured", problem.getMessage());
    }
    Files.writeString(directory.resolve("elsewhere"), "print()");
    Files.delete(image.resolve("root/app/main.py"));
    Files.createSymbolicLink(image.resolve("root/app/main.py"), directory.resolve("elsewhere"));
    assertThrows(IOException.class, () -> file.read(100));
  }

  @Test
  void knowsTheInterpretersOfScripts() throws IOException {
    Files.writeString(image.resolve("root/app/main.py"), "#!/usr/bin/env python3\nprint()");
    var file =
        (ImageEntry.RegularFile)
            ImageMeasurement.of(ImageDescription.read(image), image).entries().get(2);
    assertEquals(List.of("/usr/bin/env", "python3"), file.content().interpreters());
    Files.write(image.resolve("root/app/main.py"), new byte[100_000]);
    file =
        (ImageEntry.RegularFile)
            ImageMeasurement.of(ImageDescription.read(image), image).entries().get(2);
    assertEquals(List.of(), file.content().interpreters());
    assertEquals(100_000, file.content().size());
  }

  /// Lays out a container's root as a runtime does, with the agent in its folder.
  private Path container() throws IOException {
    var root = Files.createDirectories(directory.resolve("container"));
    for (var folder : List.of("usr/bin", "etc", "proc/1", "data", "run", "tmp", ".testudo/lib")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.writeString(root.resolve("usr/bin/program"), "program");
    Files.writeString(root.resolve("etc/passwd"), "root");
    Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 localhost");
    Files.writeString(root.resolve(".testudo/lib/agent"), "agent");
    Files.writeString(
        root.resolve(".testudo/image.json"),
        "{\"name\":\"app\",\"container\":true,\"files\":[],\"host_paths\":[\"/data\"]}");
    return root;
  }

  private static SoftwareMeasurement measure(Path root) throws IOException {
    return SoftwareMeasurement.of(root.resolve(".testudo/lib"), root.resolve(".testudo"));
  }

  @Test
  void aContainerIsItsWholeRootButWhatItsRuntimeMakes() throws IOException {
    var root = container();
    var measured = measure(root);
    assertEquals(
        List.of("/etc", "/etc/passwd", "/usr", "/usr/bin", "/usr/bin/program"),
        measured.image().entries().stream().map(ImageEntry::path).toList());
    for (var path : List.of("etc/hosts", "etc/resolv.conf", "proc/1/stat", "run/x", "data/x")) {
      Files.writeString(root.resolve(path), "by the runtime");
    }
    assertEquals(measured.measurement(), measure(root).measurement());
  }

  @Test
  void showsAnyChangeOfAContainer() throws IOException {
    var seen = new HashSet<Measurement>();
    var root = container();
    assertTrue(seen.add(measure(root).measurement()));
    for (var path :
        List.of("usr/bin/program", "usr/bin/added", "etc/passwd", ".testudo/lib/agent")) {
      Files.writeString(root.resolve(path), "evil");
      assertTrue(seen.add(measure(root).measurement()), path);
    }
    Files.setPosixFilePermissions(
        root.resolve("etc/passwd"), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertTrue(seen.add(measure(root).measurement()));
    Files.createSymbolicLink(root.resolve("usr/bin/link"), Path.of("program"));
    assertTrue(seen.add(measure(root).measurement()));
    Files.writeString(
        root.resolve(".testudo/image.json"), "{\"name\":\"app\",\"container\":true,\"files\":[]}");
    assertTrue(seen.add(measure(root).measurement()));
  }

  @Test
  void anImageMayBringNoFilesOfItsOwn() throws IOException {
    Files.delete(image.resolve("root/app/link"));
    Files.delete(image.resolve("root/app/main.py"));
    Files.delete(image.resolve("root/app"));
    Files.delete(image.resolve("root"));
    assertEquals(List.of(), ImageMeasurement.of(ImageDescription.read(image), image).entries());
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
    // A socket is the only special file that Java can create.
    var address = UnixDomainSocketAddress.of(image.resolve("root/s"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      var problem = assertThrows(IOException.class, this::measure);
      assertEquals("image: neither file, directory nor link: /s", problem.getMessage());
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
