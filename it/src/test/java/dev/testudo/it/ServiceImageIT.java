package dev.testudo.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// `testudo apply` builds the image of a service manifest and registers its mesh, and the service
/// runs under podman. Runs as root.
@Timeout(1800)
class ServiceImageIT {
  private static final int INPUT_WRONG = 1;
  private static final int REFUSED = 4;
  private static final String SCRIPT =
      "echo \"$GREETING $WHO from $(pwd), $(cat /etc/app/secret), $(cat /etc/made)\"\n";

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static ContainerWorkshop workshop;

  @TempDir private Path work;

  @BeforeAll
  static void start() throws IOException {
    workshop = ContainerWorkshop.in(shared);
    var files = ImageFiles.ofBusybox("sh", "cat", "pwd", "ls", "cp", "rm", "chown");
    workshop.layout().image("base", files, List.of("/bin/sh"), "");
  }

  @AfterAll
  static void stop() throws IOException {
    workshop.close();
  }

  @BeforeEach
  void writeTheService() throws IOException {
    manifest("1", "run: [\"echo made by a command > /etc/made\"]");
    Files.writeString(work.resolve("app.sh"), SCRIPT);
    Files.writeString(
        work.resolve("mesh.yaml"),
        """
        apiVersion: scone/5.8
        kind: mesh
        cas: [{name: cas}]
        policy: {namespace: %s, tolerate: software-evidence}
        env: [{name: WHO, value: world}]
        services: [{name: app, image: "example/app:1"}]
        """
            .formatted(namespace()));
  }

  private String namespace() {
    return "n" + work.getFileName().toString().replaceAll("[^A-Za-z0-9]", "");
  }

  private void manifest(String tag, String more) throws IOException {
    Files.writeString(
        work.resolve("service.yaml"),
        """
        apiVersion: scone/5.8
        kind: genservice
        build:
          name: app
          kind: none
          from: "%s"
          to: example/app:%s
          command: sh app.sh
          pwd: /srv/app
          copy: app.sh
          binaries: /bin/busybox
          fs_dirs: [/srv/app, /etc]
          plains: /var/cache/app
          %s
        environment:
          global: [{name: WHO}]
        secrets:
          global: [{name: password, kind: ascii, value: tell-nobody}]
        injection_files: [{path: /etc/app/secret, content: $$SCONE::password$$}]
        """
            .formatted(workshop.place("base"), tag, more));
  }

  private Command testudo(Map<String, String> environment, String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString()));
    all.addAll(List.of(words));
    return Command.run(environment, all);
  }

  private Command build(String... more) {
    return build(Map.of(), more);
  }

  private Command build(Map<String, String> environment, String... more) {
    var words = new ArrayList<>(List.of("apply", "--json"));
    words.addAll(List.of("-f", work.resolve("service.yaml").toString()));
    words.addAll(List.of(more));
    return testudo(environment, words.toArray(String[]::new));
  }

  private JsonNode built(String... more) throws IOException {
    return printed(build(more));
  }

  private static JsonNode printed(Command result) throws IOException {
    assertEquals(0, result.exit(), result.all());
    return new ObjectMapper().readTree(result.out());
  }

  private Command applyMesh(String... more) {
    var words = new ArrayList<>(List.of("apply", "-f", work.resolve("mesh.yaml").toString()));
    var cas = workshop.cas();
    words.addAll(List.of("--cas", cas.address().toString(), "--cas-key", cas.key().text()));
    words.addAll(List.of(more));
    return testudo(
        Map.of("TESTUDO_CONFIG", shared.resolve("config").toString()),
        words.toArray(String[]::new));
  }

  private Path layout(String tag) {
    return work.resolve("target/images/example_app_" + tag + ".oci");
  }

  /// Runs a container of a version that was built, and returns what it says.
  private String run(String tag, int expected) throws IOException, InterruptedException {
    var podman = workshop.podman();
    var cas = workshop.cas();
    var image = podman.pull(layout(tag), tag);
    var token = work.resolve("target/tokens/app.token");
    var ended =
        podman.run(
            List.of(
                "-e",
                "SCONE_CAS_ADDR=" + cas.address(),
                "-e",
                "TESTUDO_CAS_KEY=" + cas.key().text(),
                "-e",
                "SCONE_CONFIG_ID=" + namespace() + "/app/sh",
                "-e",
                "TESTUDO_TOKEN_FILE=/run/token",
                "-v",
                token + ":/run/token:ro",
                image));
    assertEquals(expected, ended.exit(), ended::said);
    return ended.said();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log, UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void mentions(String said, String what) {
    assertTrue(said.contains(what), said);
  }

  private void registered() {
    var result = applyMesh();
    assertEquals(0, result.exit(), result.all());
  }

  @Test
  void theServiceRunsWithWhatManifestMeshAndBaseSay() throws Exception {
    built("--no-push");
    registered();
    var said = run("1", 0);
    assertTrue(said.contains("hello world from /srv/app, tell-nobody, made by a command\n"), said);
  }

  @Test
  void onlyTheNewestVersionAndTheStableOneMayRun() throws Exception {
    built("--no-push");
    registered();
    manifest("2", "stable: \"1\"");
    Files.writeString(
        work.resolve("mesh.yaml"), read(work.resolve("mesh.yaml")).replace("app:1", "app:2"));
    Files.writeString(work.resolve("app.sh"), "echo second");
    var second = built("--no-push");
    assertEquals(1, second.get("stable").size());
    registered();
    assertTrue(run("2", 0).contains("second\n"));
    assertTrue(run("1", 0).contains("hello world"));

    manifest("3", "");
    Files.writeString(work.resolve("app.sh"), "echo third");
    Files.writeString(
        work.resolve("mesh.yaml"), read(work.resolve("mesh.yaml")).replace("app:2", "app:3"));
    built("--no-push");
    registered();
    assertFalse(run("1", REFUSED).contains("hello world"));
    assertFalse(run("2", REFUSED).contains("second"));
  }

  @Test
  void filesOfAnEncryptedFolderAreCiphertextOutsideAndPlainForTheProgram() throws Exception {
    manifest("1", "dirs: /srv/app/model");
    Files.createDirectory(work.resolve("model"));
    Files.writeString(work.resolve("model/qzwjx.txt"), "nobody may know the qzwjx\n");
    Files.writeString(work.resolve("app.sh"), "cat /srv/app/model/*; ls /srv/app/model\n");
    var text = read(work.resolve("service.yaml"));
    Files.writeString(
        work.resolve("service.yaml"), text.replace("copy: app.sh", "copy: [app.sh, model]"));
    var first = built("--no-push");
    assertEquals(first.get("digest"), built("--no-push").get("digest"));
    try (var blobs = Files.walk(layout("1"))) {
      for (var blob : blobs.filter(Files::isRegularFile).toList()) {
        assertFalse(unpacked(blob).contains("qzwjx"), blob::toString);
      }
    }
    registered();
    var said = run("1", 0).lines().toList(); // the agent's lines may stand between those
    assertTrue(said.contains("nobody may know the qzwjx"), said::toString);
    assertTrue(said.contains("qzwjx.txt"), said::toString);
  }

  /// Adds a folder of files that everybody may read and nobody may change.
  private void withLibrary(String more) throws IOException {
    manifest("1", more);
    Files.createDirectories(work.resolve("lib"));
    Files.writeString(work.resolve("lib/part.txt"), "a part of the qzwjx\n");
    var text = read(work.resolve("service.yaml"));
    Files.writeString(
        work.resolve("service.yaml"), text.replace("copy: app.sh", "copy: [app.sh, lib]"));
  }

  @Test
  void filesOfFsDirsAreInTheVolumeAndCommandsOfTheBuildSeeThem() throws Exception {
    withLibrary("run: [\"cp lib/part.txt /etc/made\"]");
    Files.writeString(
        work.resolve("app.sh"), "cat lib/part.txt /etc/made; ls lib; echo x >> lib/part.txt");
    var built = built("--no-push");
    var inVolume = 0;
    try (var blobs = Files.walk(layout("1"))) {
      for (var blob : blobs.filter(Files::isRegularFile).toList()) {
        var content = unpacked(blob);
        assertFalse(content.contains("srv/app/lib/part.txt"), blob::toString);
        inVolume += content.contains("testudo-volume") && content.contains("qzwjx") ? 1 : 0;
      }
    }
    assertEquals(1, inVolume, "one layer has the volume, readable");
    var elsewhere = build("--no-push", "--target-directory", work.resolve("elsewhere").toString());
    assertEquals(built.get("digest"), printed(elsewhere).get("digest"));
    registered();
    var said = run("1", 1);
    assertEquals(2, said.split("a part of the qzwjx\n", -1).length - 1, said);
    mentions(said, "part.txt\n");
    mentions(said, "lib/part.txt: Read-only file system");
  }

  @Test
  void aCommandOfTheBuildMayChangeTheOwnerOfAProtectedFile() throws Exception {
    withLibrary("run: [\"echo x > /etc/made; chown -R 1:1 /srv/app\"]");
    Files.writeString(work.resolve("app.sh"), "cat lib/part.txt");
    built("--no-push");
    registered();
    mentions(run("1", 0), "a part of the qzwjx\n");
  }

  @Test
  void aCommandOfTheBuildThatChangesAProtectedFileIsRefused() throws Exception {
    for (var command : List.of("echo x >> lib/part.txt", "rm lib/part.txt")) {
      withLibrary("run: [\"%s\"]".formatted(command));
      var result = build("--no-push");
      assertEquals(INPUT_WRONG, result.exit(), result.all());
      mentions(result.err(), "`run` changes `/srv/app/lib/part.txt`");
      assertFalse(Files.exists(layout("1")));
    }
  }

  @Test
  void aStableVersionWithoutProtectedFilesCannotRunBesideOneThatHasThem() throws Exception {
    manifest("1", "");
    var text = read(work.resolve("service.yaml"));
    Files.writeString(work.resolve("service.yaml"), text.replace("[/srv/app, /etc]", "/etc"));
    built("--no-push");
    manifest("2", "stable: \"1\"");
    var result = build("--no-push");
    assertEquals(INPUT_WRONG, result.exit(), result.all());
    mentions(result.err(), "it has no protected files; remove `stable`");
    assertFalse(Files.exists(layout("2")));
  }

  /// The content of a blob; if it is a layer, what it decompresses to.
  private static String unpacked(Path blob) throws IOException {
    var bytes = Files.readAllBytes(blob);
    if (bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b) {
      try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        return new String(in.readAllBytes(), ISO_8859_1);
      }
    }
    return new String(bytes, ISO_8859_1);
  }

  @Test
  void containersHaveTheUserThatTheManifestNamesEvenIfACommandOfTheBuildAddsIt() throws Exception {
    manifest(
        "1", "user: web\n  run: [\"echo 'web:x:101:102::/:' >> /etc/passwd; echo x > /etc/made\"]");
    built("--no-push");
    var inspected = testudo(Map.of(), "image", "inspect", "--json", "oci:" + layout("1"));
    assertEquals("101:102", printed(inspected).get("user").asText());

    manifest("1", "user: wed");
    var result = build("--no-push");
    assertEquals(INPUT_WRONG, result.exit(), result.all());
    mentions(result.err(), "the image has no user `wed`");
  }

  @Test
  void aMeshIsRefusedUntilItsImagesAreBuiltAsTheirManifestsSay() throws Exception {
    var missing = applyMesh();
    assertEquals(INPUT_WRONG, missing.exit(), missing.all());
    mentions(missing.err(), "the image example/app:1 has not been built");
    built("--no-push");
    registered();
    manifest("1", "run: [\"echo other > /etc/made\"]");
    var changed = applyMesh();
    assertEquals(INPUT_WRONG, changed.exit(), changed.all());
    mentions(changed.err(), "has changed since the image example/app:1 was built");
  }

  @Test
  void theSameInputGivesTheSameImageAndADryRunStoresNothing() throws Exception {
    var dry = built("--no-push", "--dry-run");
    assertFalse(Files.exists(layout("1")));
    assertFalse(Files.exists(work.resolve("target/images/example_app.json")));
    var real = built("--no-push");
    Files.setPosixFilePermissions(
        work.resolve("app.sh"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    var again =
        printed(
            build(
                Map.of("LC_ALL", "de_DE.UTF-8", "TZ", "Asia/Tokyo"),
                "--to",
                "oci:" + work.resolve("other")));
    for (var member : List.of("digest", "measurement")) {
      assertEquals(real.get(member), dry.get(member));
      assertEquals(real.get(member), again.get(member));
    }
    Files.writeString(work.resolve("app.sh"), SCRIPT + "#");
    assertNotEquals(real.get("measurement"), built("--no-push").get("measurement"));
  }

  @Test
  void aMeshThatDemandsSignaturesTakesOnlyImagesThatTheKeyHasSigned() throws Exception {
    try (var registry = TestRegistry.start(work)) {
      for (var file : List.of("service.yaml", "mesh.yaml")) {
        var text = read(work.resolve(file));
        Files.writeString(
            work.resolve(file), text.replace("example/app:1", registry.name() + "/app:1"));
      }
      for (var name : List.of("project", "other")) {
        var key = work.resolve(name).toString();
        assertEquals(0, testudo(Map.of(), "image", "keygen", key).exit());
      }
      built("--sign-key", work.resolve("other").toString());
      var refused = applyMesh("--signed-by", work.resolve("project.pub").toString());
      assertEquals(REFUSED, refused.exit(), refused.all());
      mentions(refused.err(), "none of its 1 signatures is by this key");
      assertFalse(refused.all().contains("registered"), refused.all());

      built("--sign-key", work.resolve("project").toString());
      var accepted = applyMesh("--signed-by", work.resolve("project.pub").toString());
      assertEquals(0, accepted.exit(), accepted.all());
    }
  }

  @Test
  void buildsAtTheSameTimeDoNotDisturbEachOther() throws Exception {
    var builds = new ArrayList<Future<Command>>();
    try (var executor = Executors.newFixedThreadPool(3)) {
      for (var tag : List.of("1", "2", "3")) {
        manifest(tag, "run: [\"echo made by a command > /etc/made\"]");
        var file = work.resolve("service" + tag + ".yaml");
        Files.move(work.resolve("service.yaml"), file);
        builds.add(
            executor.submit(
                () -> testudo(Map.of(), "apply", "--no-push", "--json", "-f", file.toString())));
      }
      for (var build : builds) {
        printed(build.get());
      }
    }
    var record =
        new ObjectMapper().readTree(work.resolve("target/images/example_app.json").toFile());
    assertEquals(3, record.get("versions").size(), record::toString);
  }

  @Test
  void whatTheImageHasNotIsSaidAtOnceAndNothingIsStored() throws Exception {
    var text = read(work.resolve("service.yaml"));
    Files.writeString(
        work.resolve("service.yaml"),
        text.replace("sh app.sh", "/bin/bash app.sh")
            .replace("/bin/busybox", "[/bin/bosybux, /etc/passwd]")
            .replace(
                "fs_dirs: [/srv/app, /etc]", "fs_dirs: [/opt/app, /etc/passwd]\n  fs_files: /etc"));
    var result = build("--no-push");
    assertEquals(INPUT_WRONG, result.exit(), result.all());
    var said = result.err();
    mentions(said, "the image has no program `/bin/bash`");
    mentions(said, "the image has no `/bin/bosybux`");
    mentions(said, "`/etc/passwd` cannot be executed");
    mentions(said, "the image has no `/opt/app`");
    mentions(said, "`/etc/passwd` is a file");
    mentions(said, "`/etc` is a folder");
    assertFalse(Files.exists(layout("1")));
  }

  @Test
  void aFailingCommandIsShownWithItsOutputAndNothingIsStored() throws Exception {
    manifest("1", "run: [\"echo it is broken; exit 3\"]");
    var result = build("--no-push");
    assertEquals(INPUT_WRONG, result.exit(), result.all());
    mentions(result.err(), "it is broken");
    assertFalse(Files.exists(layout("1")));
    try (var left = Files.list(work.resolve("target/images"))) {
      assertEquals(List.of(), left.toList());
    }
  }
}
