package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.layout.LayoutSource;
import dev.testudo.image.oci.Index;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong around `testudo apply -f service.yaml`: nothing is half done after it, and the
/// next build works. Runs as root.
@Timeout(1800)
class BuildFaultsIT {
  private static final int ENVIRONMENT_FAILED = 3;
  private static final int SIGTERM = 143;

  @TempDir private Path work;

  @BeforeEach
  void writeTheService() throws IOException {
    var bases = new TestLayout(work.resolve("bases"));
    var files =
        new ImageFiles()
            .program("/bin/busybox")
            .link("/bin/sh", "busybox")
            .link("/bin/sleep", "busybox")
            .directory("/tmp", 01777)
            .text("/etc/passwd", "root:x:0:0::/:/bin/sh\n");
    bases.image("base", files, List.of("/bin/sh"), "");
    Files.writeString(work.resolve("app.sh"), "echo app\n");
    Files.writeString(
        work.resolve("service.yaml"),
        """
        apiVersion: scone/5.8
        kind: genservice
        build:
          name: app
          kind: none
          from: "oci:%s:base"
          to: example/app:1
          command: sh app.sh
          pwd: /srv/app
          copy: app.sh
          run: ["echo made > /etc/made; sleep 3"]
        """
            .formatted(bases.directory()));
  }

  private List<String> words(String tag) {
    return words(work.resolve("out"), tag);
  }

  private List<String> words(Path layout, String tag) {
    var words = List.of("apply", "-f", work.resolve("service.yaml").toString(), "--to");
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString()));
    all.addAll(words);
    all.add("oci:%s:%s".formatted(layout, tag));
    return all;
  }

  private Map<String, String> environment() {
    return Map.of("XDG_CACHE_HOME", work.resolve("cache").toString());
  }

  private Command build(List<String> words) {
    return Command.run(environment(), words);
  }

  /// Starts a build, and returns when its command runs.
  private Process running() throws Exception {
    var log = work.resolve("log");
    var builder = new ProcessBuilder(words("a")).redirectErrorStream(true);
    builder.redirectOutput(log.toFile()).redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment());
    var process = builder.start();
    Patience.until(
        () -> text(log).contains("command 1 of 1") || !process.isAlive(), () -> text(log));
    assertTrue(process.isAlive(), () -> text(log));
    return process;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static List<Path> names(Path directory) {
    try (var files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private List<Path> sandboxes() {
    return names(work.resolve("cache/testudo/commands/builds"));
  }

  private Stream<Path> halfDone() {
    return Stream.of(work.resolve("target/images"), work.resolve("out"))
        .flatMap(directory -> names(directory).stream())
        .filter(file -> file.toString().contains("/.build-") || file.toString().endsWith(".tmp"));
  }

  private boolean isMounted() {
    return text(Path.of("/proc/self/mountinfo")).contains(work.resolve("cache").toString());
  }

  private void requireNothingLeft() {
    assertEquals(List.of(), sandboxes());
    assertEquals(List.of(), halfDone().toList());
    assertFalse(isMounted());
  }

  private static List<String> tags(Path layout) throws IOException {
    try (var source = LayoutSource.directory(layout)) {
      return source.list().stream().flatMap(one -> Index.tagOf(one).stream()).sorted().toList();
    }
  }

  @Test
  void afterABuildThatWasKilledTheNextOneWorks() throws Exception {
    var killed = running();
    killed.destroyForcibly().waitFor();
    Patience.until(() -> sandboxes().isEmpty(), () -> "left: " + sandboxes());
    assertFalse(Files.exists(work.resolve("out")));
    var next = build(words("a"));
    assertEquals(0, next.exit(), next::all);
    assertEquals(List.of("a"), tags(work.resolve("out")));
    requireNothingLeft();
  }

  @Test
  void aBuildThatIsToldToStopLeavesNothing() throws Exception {
    var told = running();
    told.destroy();
    assertTrue(Patience.outlasts(told));
    assertEquals(SIGTERM, told.exitValue());
    assertTrue(text(work.resolve("log")).contains("\ntestudo: stopping\n"));
    assertFalse(Files.exists(work.resolve("out")));
    requireNothingLeft();
  }

  @Test
  void buildsAtTheSameTimeShareTheirLayoutTheirCacheAndTheirRecord() throws Exception {
    var one = CompletableFuture.supplyAsync(() -> build(words("one")));
    var two = build(words("two"));
    assertEquals(0, two.exit(), two::all);
    assertEquals(0, one.get().exit(), one.get()::all);
    assertEquals(List.of("one", "two"), tags(work.resolve("out")));
    requireNothingLeft();
  }

  @Test
  void aFullDiskIsNamedAndTheNextBuildWorks() throws Exception {
    var small = Files.createDirectory(work.resolve("small"));
    run("mount", "-t", "tmpfs", "-o", "size=1m", "none", small.toString());
    try {
      var layout = small.resolve("out");
      var full = build(words(layout, "a"));
      assertEquals(ENVIRONMENT_FAILED, full.exit(), full::all);
      assertEquals(
          "testudo: %s cannot be written: No space left on device; make room".formatted(layout),
          full.err().lines().toList().getLast());
      assertEquals(List.of(), tags(layout));
      run("mount", "-o", "remount,size=200m", small.toString());
      var next = build(words(layout, "a"));
      assertEquals(0, next.exit(), next::all);
      assertEquals(List.of("a"), tags(layout));
      requireNothingLeft();
    } finally {
      run("umount", small.toString());
    }
  }

  private static void run(String... words) {
    var run = Command.run(words);
    assertEquals(0, run.exit(), run::all);
  }
}
