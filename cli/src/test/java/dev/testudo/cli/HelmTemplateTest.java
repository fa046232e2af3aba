package dev.testudo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What happens if the program `helm` does something else than to render a chart.
@Timeout(60)
class HelmTemplateTest {
  @TempDir private Path work;

  private Path helm(String script) throws IOException {
    var helm = Files.writeString(work.resolve("helm"), script);
    return Files.setPosixFilePermissions(helm, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path manifests() {
    return work.resolve("manifests");
  }

  /// Returns what the user reads. Nothing that is half written stays.
  private String failure(String script, Duration patience) throws IOException {
    var template = new HelmTemplate(helm(script), patience);
    var failed =
        assertThrows(
            CommandFailed.class, () -> template.write(work.resolve("chart"), "shop", manifests()));
    try (var left = Files.list(manifests())) {
      assertEquals(List.of(), left.toList());
    }
    return failed.line();
  }

  private String failure(String script) throws IOException {
    return failure(script, Duration.ofSeconds(50));
  }

  @Test
  void whatItPrintsIsTheFile() throws Exception {
    var template = new HelmTemplate(helm("#!/bin/sh\necho \"$@\"\n"), Duration.ofSeconds(50));
    var file = template.write(work.resolve("chart"), "shop", manifests());
    assertEquals(manifests().resolve("shop.yaml"), file);
    assertEquals("template shop %s\n".formatted(work.resolve("chart")), Files.readString(file));
  }

  @Test
  void whatItSaysOfAMistakeIsShown() throws IOException {
    assertEquals(
        "helm cannot render the chart: no such chart",
        failure("#!/bin/sh\necho half\necho no such chart >&2\nexit 1\n"));
  }

  @Test
  void aProgramThatHangsIsKilledWithItsChildren() throws Exception {
    var child = work.resolve("child");
    var script = "#!/bin/sh\nsleep 600 & echo $! >%s\nwait\n".formatted(child);
    assertEquals("helm did not end within 1 s", failure(script, Duration.ofSeconds(1)));
    var pid = Long.parseLong(Files.readString(child).strip());
    // A killed process that nobody has waited for still exists, but runs no program.
    while (ProcessHandle.of(pid).flatMap(one -> one.info().command()).isPresent()) {
      Thread.sleep(10);
    }
  }

  @Test
  void aProgramThatPrintsWithoutEndIsKilled() throws IOException {
    assertEquals(
        "helm prints more than 67108864 bytes", failure("#!/bin/sh\nexec yes 'kind: Pod'\n"));
  }

  @Test
  void aProgramThatCannotBeStartedIsNamed() throws IOException {
    var template = new HelmTemplate(helm("#!/no/such/shell\n"), Duration.ofSeconds(50));
    var failed =
        assertThrows(
            CommandFailed.class, () -> template.write(work.resolve("chart"), "shop", manifests()));
    assertEquals(3, failed.code().number());
  }
}
