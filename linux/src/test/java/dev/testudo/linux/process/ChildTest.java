package dev.testudo.linux.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.process.Command.Input;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(200)
class ChildTest {
  private static final Path SH = Path.of("/bin/sh");
  private static final int SIGTERM = 15;

  @TempDir private Path folder;

  /// Runs a shell script whose `$OUT` is the file to write to, and returns what it wrote.
  private String output(String script) throws IOException {
    var out = folder.resolve("out");
    var exit = run(script, Map.of("OUT", out.toString()));
    assertEquals(new Exit.Exited(0), exit);
    return Files.readString(out);
  }

  private Exit run(String script, Map<String, String> environment) throws IOException {
    return Child.spawn(shell(script, environment)).await();
  }

  private Command shell(String script, Map<String, String> environment) {
    return new Command(
        SH, List.of("sh", "-c", script), environment, Optional.of(folder), Input.EMPTY);
  }

  @Test
  void givesTheProgramItsArgumentsAsWritten() throws IOException {
    var out = folder.resolve("out");
    var argv =
        List.of("sh", "-c", "printf '%s|' \"$0\" \"$@\" > \"$OUT\"", "name", "", "a b", "ü$");
    var command =
        new Command(SH, argv, Map.of("OUT", out.toString()), Optional.empty(), Input.EMPTY);
    assertEquals(new Exit.Exited(0), Child.spawn(command).await());
    assertEquals("name||a b|ü$|", Files.readString(out));
  }

  @Test
  void theEnvironmentIsExactlyTheCommands() throws IOException {
    var out = folder.resolve("out").toString();
    assertEquals(
        "A=1\0OUT=" + out + "\0",
        // The shell adds PWD and the like for its children; /proc shows what it got itself.
        sorted(runAndRead("cat /proc/$$/environ > \"$OUT\"", Map.of("A", "1", "OUT", out))));
  }

  private String runAndRead(String script, Map<String, String> environment) throws IOException {
    var withPath = "PATH=/usr/bin:/bin; " + script;
    assertEquals(new Exit.Exited(0), run(withPath, environment));
    return Files.readString(folder.resolve("out"));
  }

  private static String sorted(String environ) {
    var lines = List.of(environ.split("\0")).stream().sorted().toList();
    return String.join("\0", lines) + "\0";
  }

  @Test
  void startsInTheWorkingDirectory() throws IOException {
    assertEquals(folder.toRealPath() + "\n", output("pwd -P > \"$OUT\""));
  }

  @Test
  void readsNothingWhenItsInputIsEmpty() throws IOException {
    assertEquals("0\n", output("PATH=/usr/bin:/bin; cat | wc -c > \"$OUT\""));
  }

  @Test
  void inheritsNoDescriptorBeyondTheStandardThree() throws IOException {
    // Opened without close-on-exec, as some of the JDK's own descriptors are.
    try (var inheritable = new RandomAccessFile(folder.resolve("held").toFile(), "rw")) {
      assertTrue(inheritable.getFD().valid());
      var seen = output("exec 9>\"$OUT\"; for fd in /proc/self/fd/*; do echo \"$fd\" >&9; done");
      var numbers =
          seen.lines()
              .map(l -> l.substring(l.lastIndexOf('/') + 1))
              .filter(n -> n.chars().allMatch(Character::isDigit))
              .map(Integer::valueOf)
              // 9 is the script's own; the shell needs another to list the directory.
              .filter(n -> n != 9 && n < 9)
              .toList();
      assertEquals(List.of(0, 1, 2), numbers.stream().filter(n -> n < 3).toList());
      assertFalse(Files.readString(folder.resolve("out")).contains("held"));
      assertTrue(numbers.stream().allMatch(n -> n <= 3), () -> "also inherited: " + numbers);
    }
  }

  @Test
  void blocksAndIgnoresNoSignal() throws IOException {
    var status =
        output("PATH=/usr/bin:/bin; grep -E '^Sig(Blk|Ign):' /proc/self/status > \"$OUT\"");
    for (var line : status.lines().toList()) {
      assertEquals("0000000000000000", line.substring(line.indexOf(':') + 1).trim(), line);
    }
    assertEquals(2, status.lines().count());
  }

  @Test
  void leadsASessionOfItsOwn() throws IOException {
    var stat = output("read -r stat < /proc/$$/stat; echo \"$$ $stat\" > \"$OUT\"").split(" ");
    assertEquals(stat[0], stat[6], "session id");
  }

  @Test
  void tellsTheExitCode() throws IOException {
    var exit = run("exit 42", Map.of());
    assertEquals(new Exit.Exited(42), exit);
    assertEquals(42, exit.status());
  }

  @Test
  void tellsWhichSignalEndedIt() throws IOException {
    var exit = run("kill -KILL $$", Map.of());
    assertEquals(new Exit.Killed(9), exit);
    assertEquals(137, exit.status());
  }

  @Test
  void deliversASignal() throws IOException {
    var child = Child.spawn(shell("trap 'exit 7' TERM; : > ready; while :; do :; done", Map.of()));
    while (!Files.exists(folder.resolve("ready"))) {
      Thread.onSpinWait();
    }
    child.signal(SIGTERM);
    assertEquals(new Exit.Exited(7), child.await());
  }

  @Test
  void aSignalToAnEndedProgramGoesNowhere() throws IOException {
    var child = Child.spawn(shell("exit 0", Map.of()));
    child.await();
    child.signal(SIGTERM);
    assertEquals(new Exit.Exited(0), child.await(), "asking again gives the same answer");
  }

  @Test
  void saysWhyAProgramCannotStart() {
    var missing =
        new Command(
            Path.of("/nonexistent/program"), List.of("p"), Map.of(), Optional.empty(), Input.EMPTY);
    var failure = assertThrows(ErrnoException.class, () -> Child.spawn(missing));
    assertEquals(Errno.ENOENT, failure.errno());
    assertEquals("start /nonexistent/program: ENOENT", failure.getMessage());
  }

  @Test
  void refusesWhatExecveCannotExpress() {
    assertThrows(IllegalArgumentException.class, () -> shell("", Map.of("A=B", "c")));
    assertThrows(IllegalArgumentException.class, () -> shell("", Map.of("", "c")));
    assertThrows(IllegalArgumentException.class, () -> shell("", Map.of("A", "c\0d")));
    assertThrows(IllegalArgumentException.class, () -> shell("\0", Map.of()));
  }

  @Test
  void aCommandPrintsNeitherArgumentsNorVariables() {
    assertEquals("Command[/bin/sh]", shell("secret", Map.of("PASSWORD", "secret")).toString());
  }
}
