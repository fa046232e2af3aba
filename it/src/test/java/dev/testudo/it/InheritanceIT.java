package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a program inherits from its caller, it inherits through a shield.
@Timeout(600)
class InheritanceIT {
  private static final List<String> PRINT =
      List.of("/usr/bin/python3", Path.of("src/test/resources/inherited.py").toAbsolutePath() + "");
  private static final String RULES = "SCONE_NETWORK_SHIELD";

  @TempDir Path folder;

  @Test
  void aProgramInheritsAllThatItsCallerHas() {
    var natively = printed(unusually(List.of()));
    assertEquals("777", words(natively, "RLIMIT_NOFILE").get(1));
    assertEquals(natively, printed(unusually(shield("run"))));
    assertEquals(natively, printed(unusually(shield("learn", "-o", folder.resolve("r") + ""))));
  }

  @Test
  void aCallerWithoutSpecialWishesFindsNothingChanged() {
    assertEquals(printed(PRINT), printed(together(shield("run"), PRINT)));
  }

  @Test
  void aSignalThatItsCallerIgnoresReachesAProgramThatDoesNot() throws Exception {
    var said = folder.resolve("said");
    var program =
        "import os, signal; signal.signal(signal.SIGHUP, lambda *_: (open('"
            + said
            + "', 'w').write('heard'), os._exit(0)));"
            + " os.kill(os.getppid(), signal.SIGHUP); signal.pause()";
    var command = List.of("/usr/bin/python3", "-c", program);
    var ended =
        Command.run(
            Map.of(RULES, "disabled"), // in a shield no signal of the program's gets out
            together(List.of("nohup"), together(shield("run"), command)));
    assertEquals(0, ended.exit(), ended.all());
    assertEquals("heard", Files.readString(said));
  }

  @Test
  void nothingOfOursTakesThePlaceOfAClosedDescriptor() throws Exception {
    var seen = folder.resolve("seen");
    var look = "readlink /proc/self/fd/0 /proc/self/fd/2 > " + seen;
    var closed = "exec \"$@\" 0<&- 2>&-";
    var command = together(shield("run"), List.of("/bin/sh", "-c", look));
    var ended =
        Command.run(
            Map.of(RULES, "unprotected"), together(List.of("sh", "-c", closed, "sh"), command));
    assertEquals(0, ended.exit(), ended.all());
    assertEquals("/dev/null\n/dev/null\n", Files.readString(seen));
  }

  /// The words of the line that begins with `name`.
  private static List<String> words(String printed, String name) {
    return printed
        .lines()
        .map(line -> List.of(line.split(" ")))
        .filter(words -> words.getFirst().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(printed));
  }

  private static List<String> shield(String... words) {
    var command = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "shield"));
    command.addAll(List.of(words));
    command.add("--");
    return command;
  }

  private static List<String> unusually(List<String> through) {
    return together(together(PRINT, List.of("--")), together(through, PRINT));
  }

  private static List<String> together(List<String> one, List<String> other) {
    var all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  /// Without what differs from one run of anything to the next.
  private static String printed(List<String> command) {
    var ended = Command.run(Map.of(RULES, "unprotected"), command);
    assertEquals(0, ended.exit(), ended.all());
    return Pattern.compile("(?m)^env (" + RULES + "|_) .*\\n").matcher(ended.out()).replaceAll("");
  }
}
