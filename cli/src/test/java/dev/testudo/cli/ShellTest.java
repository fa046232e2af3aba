package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the command line gives to shells and to man(1), and what it keeps for its user.
class ShellTest {
  @TempDir Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(args, CliTest.context(out, err, work));
  }

  private static String shell(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
    assertEquals(0, process.exitValue(), said);
    return said;
  }

  /// Returns what bash offers at the end of `line`.
  private List<String> completed(String line) throws IOException, InterruptedException {
    assertEquals(0, run("completion", "bash"));
    var script = Files.write(work.resolve("completion"), out.toByteArray());
    var words = line.split(" ", -1);
    var asked =
        """
        . %s
        compopt() { :; } # works only while bash itself completes
        COMP_WORDS=(%s)
        COMP_CWORD=%d
        COMP_LINE='%s'
        COMP_POINT=${#COMP_LINE}
        COMPREPLY=()
        _complete_testudo
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(script, line.endsWith(" ") ? line + "''" : line, words.length - 1, line);
    return shell(List.of("bash", "-c", asked)).lines().map(String::strip).sorted().toList();
  }

  @Test
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    assertEquals(List.of("session"), completed("testudo ses"));
    assertEquals(
        List.of("serve", "set-default"),
        completed("testudo cas se").stream().filter(w -> w.startsWith("se")).toList());
    assertEquals(List.of("--dry-run"), completed("testudo session update --dry"));
  }

  @Test
  void zshGetsTheScriptWithWhatItNeedsForBashs() throws IOException, InterruptedException {
    assertEquals(0, run("completion", "zsh"));
    assertEquals(
        "autoload -U +X bashcompinit && bashcompinit",
        out.toString(UTF_8).lines().findFirst().orElseThrow());
    assertEquals(2, run("completion", "fish"));
  }

  /// Makes a launcher that prints the help of commands that this code does not have.
  private void launcher() throws IOException {
    var file =
        Files.writeString(
            work.resolve("testudo"),
            """
            #!/bin/sh
            cat <<END
            Usage: testudo $1 $2 [--file FILE]
                                 [--more]
            Does what 'nobody' expects, with \\ and `ticks`.
              --file FILE   A file
            .dotted
            END
            """);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void groffFindsNothingWrongWithTheManPages() throws IOException, InterruptedException {
    launcher();
    var directory = work.resolve("man1");
    assertEquals(0, run("manual", "--write", directory.toString()));
    List<Path> pages;
    try (var all = Files.list(directory)) {
      pages = all.sorted().toList();
    }
    var names = pages.stream().map(page -> page.getFileName().toString()).toList();
    assertTrue(
        names.containsAll(
            List.of(
                "testudo.1",
                "testudo-session-update.1",
                "testudo-cas-serve.1",
                "testudo-agent-run.1",
                "testudo-shield-learn.1")),
        names::toString);
    for (var page : pages) {
      assertEquals("", shell(List.of("groff", "-ww", "-man", "-Tutf8", "-z", page.toString())));
    }
    assertEquals(0, run("manual", "session", "update"));
    assertEquals(
        Files.readString(directory.resolve("testudo-session-update.1")), out.toString(UTF_8));
    assertEquals(0, run("manual", "cas", "serve"));
    assertEquals(Files.readString(directory.resolve("testudo-cas-serve.1")), out.toString(UTF_8));
    assertEquals(2, run("manual", "session", "updat"));
    assertEquals(2, run("manual", "cas", "serve", "more"));
  }

  private void known(String... addresses) throws IOException {
    var key = Identity.ephemeral("cas").keyHash();
    var entries =
        List.of(addresses).stream()
            .map(a -> "{\"address\":\"%s\",\"key_hash\":\"%s\"}".formatted(a, key))
            .toList();
    Files.createDirectories(
        work.resolve("config"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(
        work.resolve("config/cas.json"), "{\"attested\":[" + String.join(",", entries) + "]}");
  }

  private List<String> listed() {
    assertEquals(0, run("cas", "list"), err.toString(UTF_8));
    return out.toString(UTF_8).lines().map(l -> l.substring(0, l.lastIndexOf(' '))).toList();
  }

  @Test
  void theDefaultCasIsTheOneThatTheUserSelects() throws IOException {
    known("a.example:8081", "b.example:8081");
    assertEquals(List.of("* a.example:8081", "  b.example:8081"), listed());
    assertEquals(0, run("cas", "set-default", "b.example:8081"));
    assertEquals(List.of("* b.example:8081", "  a.example:8081"), listed());
    assertEquals(1, run("cas", "set-default", "c.example:8081"));
    assertEquals(List.of("* b.example:8081", "  a.example:8081"), listed());
  }

  @Test
  void whatOthersCanChangeIsNotTrusted() throws IOException {
    known("a.example:8081");
    var file = work.resolve("config/cas.json");
    for (var unsafe : List.of(file, work.resolve("config"))) {
      var before = Files.getPosixFilePermissions(unsafe);
      Files.setPosixFilePermissions(unsafe, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertEquals(3, run("cas", "list"), unsafe::toString);
      assertEquals("", out.toString(UTF_8));
      Files.setPosixFilePermissions(unsafe, before);
    }
    assertEquals(1, listed().size());
  }
}
