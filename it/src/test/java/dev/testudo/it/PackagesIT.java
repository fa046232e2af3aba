package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The packages that `-Ppackages` has made: unpacked, installed and run in a root directory of
/// Debian without Java, and as containers. Runs as root.
@Tag("nightly")
@Timeout(3600)
class PackagesIT {
  private static final Path PACKAGES = Command.ROOT.resolve("dist/target/packages");
  private static final String ANYBODY = "4321";

  @TempDir private static Path folder;
  private static Path root;

  @BeforeAll
  static void makeRoot() {
    root = folder.resolve("root");
    succeeded("mmdebstrap", "--quiet", "--variant=essential", "bookworm", root.toString());
  }

  /// JUnit would warn of each link that leads out of the folder.
  @AfterAll
  static void removeRoot() {
    succeeded("rm", "-rf", "--one-file-system", root.toString());
  }

  private static Path one(String pattern) throws IOException {
    try (var files = Files.newDirectoryStream(PACKAGES, pattern)) {
      for (var file : files) {
        return file;
      }
    }
    throw new AssertionError(
        "there is no %s; make the packages with -Ppackages".formatted(PACKAGES.resolve(pattern)));
  }

  private static String succeeded(String... words) {
    var ended = Command.run(words);
    assertEquals(0, ended.exit(), ended.all());
    return ended.out();
  }

  /// Runs a command in the root, which is read-only except for `/tmp`, as a user without rights.
  private static Command inReadOnlyRoot(String... words) {
    var script =
        """
        mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && mount -t proc proc "$0/proc" &&
        mount --rbind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/tmp" &&
        exec chroot "$0" setpriv --reuid=%1$s --regid=%1$s --clear-groups \
        env -i PATH=/usr/bin:/bin HOME=/nonexistent "$@"
        """
            .formatted(ANYBODY);
    var all = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "sh", "-c", script));
    all.add(root.toString());
    all.addAll(List.of(words));
    return Command.run(all.toArray(String[]::new));
  }

  private static void assertWorks(String testudo) {
    var version = inReadOnlyRoot(testudo, "version");
    assertEquals(Command.testudo("version").out(), version.out(), version.all());
    assertEquals("", version.err());
    var made = inReadOnlyRoot(testudo, "cas", "init", "--first-come", "--state", "/tmp/state");
    assertEquals(0, made.exit(), made.all());
    assertTrue(made.out().startsWith("{\"key_hash\":"), made.all());
  }

  @Test
  void theChecksumsAreThoseOfTheFiles() {
    succeeded("sh", "-c", "cd \"$0\" && sha256sum --check --quiet SHA256SUMS", PACKAGES.toString());
  }

  @Test
  void theArchiveRunsFromAnyFolderWithoutJava() throws IOException {
    var place = Files.createDirectories(root.resolve("srv/some where"));
    succeeded("tar", "-C", place.toString(), "-xzf", one("*.tar.gz").toString());
    try (var unpacked = Files.newDirectoryStream(place)) {
      var name = unpacked.iterator().next().getFileName();
      assertWorks("/srv/some where/" + name + "/testudo");
    }
  }

  @Test
  void theDebianPackageInstallsAndKeepsTheStateOfCasWhenItIsPurged() throws IOException {
    Files.copy(one("*.deb"), root.resolve("testudo.deb"));
    succeeded("chroot", root.toString(), "dpkg", "--install", "/testudo.deb");
    assertEquals("", succeeded("chroot", root.toString(), "dpkg", "--verify", "testudo"));
    assertWorks("/usr/bin/testudo");
    assertTrue(Files.exists(root.resolve("usr/share/man/man1/testudo-cas-serve.1.gz")));
    assertTrue(Files.exists(root.resolve("usr/share/bash-completion/completions/testudo")));

    var state = Files.createDirectories(root.resolve("var/lib/private/testudo-cas"));
    succeeded("chroot", root.toString(), "dpkg", "--purge", "testudo");
    assertTrue(Files.exists(state));
    assertFalse(Files.exists(root.resolve("usr/lib/testudo")));
    assertFalse(Files.exists(root.resolve("etc/default/testudo-cas")));
  }

  @Test
  void lintianHasNothingToSay() throws IOException {
    assertEquals(
        "",
        succeeded(
            "lintian", "--fail-on", "error,warning", "--allow-root", one("*.deb").toString()));
  }

  @Test
  void theImagesRunWithAsLittleAsKubernetesGives() throws Exception {
    try (var podman = Podman.in(folder.resolve("podman"))) {
      var version = run(podman, podman.pull(one("testudo-cli-*")), List.of(), List.of("version"));
      assertEquals(Command.testudo("version").out(), version);

      var state = List.of("--mount", "type=tmpfs,destination=/var/lib/testudo-cas,tmpfs-mode=1777");
      var refused = run(podman, podman.pull(one("testudo-cas-*")), state, List.of("--nonsense"));
      assertTrue(refused.contains("unknown option `--nonsense`"), refused);

      var operator = podman.pull(one("testudo-operator-*"));
      var wrong = run(podman, operator, List.of(), List.of("--nonsense"));
      assertTrue(wrong.contains("see `testudo operator --help`"), wrong);
      podman.pull(one("testudo-runtime-*"));
    }
  }

  private static String run(
      Podman podman, String image, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(podman.restrictedTo(Integer.parseInt(ANYBODY)));
    words.addAll(options);
    words.add(image);
    words.addAll(arguments);
    var log = folder.resolve("container.log");
    var process = podman.start(log, words);
    assertTrue(Patience.outlasts(process), "the container does not end");
    return Files.readString(log);
  }

  @Test
  void theSameInputGivesTheSamePackages() throws IOException {
    var again = folder.resolve("again");
    var version = Command.testudo("version").out().strip().substring("testudo ".length());
    succeeded(
        Command.ROOT.resolve("scripts/package").toString(),
        Command.ROOT.resolve("dist/target/testudo").toString(),
        again.toString(),
        version,
        // As in dist/pom.xml.
        "1767225600",
        Command.ROOT.resolve("dist/target/sbom.json").toString());
    assertEquals(
        Files.readString(PACKAGES.resolve("SHA256SUMS")),
        Files.readString(again.resolve("SHA256SUMS")));
  }
}
