package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.status.ShieldStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `testudo shield top` and `why` as a person at a terminal uses them. script(1) is the terminal.
class ShieldTopIT extends AtShieldWorkshop {
  private static final String LOG = "screen.log";
  private static final String HOME = "\u001b[H";
  private static final String ENTERED = "\u001b[?1049h";
  private static final String LEFT = "\u001b[?1049l";
  private static final int ROWS = 7;
  private static final int COLUMNS = 50;

  @BeforeEach
  void aShieldIsRunning() throws Exception {
    var environment = shop.file("rules.env", ShieldWorkshop.PREFIX + "=protected\n").toString();
    shop.start("first.log", "run", "--env-file", environment, "--", "sleep", "1000");
    shop.awaitShield("first.log", shield -> runs(shield, "sleep"));
  }

  private static boolean runs(ShieldStatus shield, String program) {
    return shield.shielded().program().equals(program);
  }

  private String plain() {
    return shop.testudo("top").out();
  }

  /// `top` on a terminal of few rows and columns, and what the terminal's settings are afterwards.
  private Process screen() throws IOException, InterruptedException {
    // Ctrl-C is for everybody at the terminal, so the shell must have a reason to stay.
    var command =
        "trap : INT; stty rows %d cols %d; %s shield top; echo ended=$?; stty -a"
            .formatted(ROWS, COLUMNS, Command.LAUNCHER);
    // Whoever runs the tests in the background of a shell has them ignore it.
    var words = List.of("env", "--default-signal=INT", "script", "-qefc", command, "/dev/null");
    var screen = shop.start(LOG, words, ProcessBuilder.Redirect.PIPE);
    shop.await(LOG, "q quits");
    return screen;
  }

  private void press(Process screen, char key) throws IOException {
    screen.getOutputStream().write(key);
    screen.getOutputStream().flush();
  }

  private void theTerminalIsAsItWas() {
    var after = shop.log(LOG).substring(shop.log(LOG).indexOf(LEFT));
    var settings = List.of(after.split("[;\\s]+"));
    assertTrue(settings.containsAll(List.of("icanon", "echo")), after);
    assertFalse(after.contains("sleep"), after);
  }

  @Test
  void theScreenIsDrawnAgainAndKeyQEndsIt() throws Exception {
    var screen = screen();
    shop.await(LOG, HOME, 3);
    shop.start("second.log", "learn", "--", "tail", "-f", "/dev/null");
    shop.await(LOG, "tail");
    press(screen, 'x');
    press(screen, 'q');
    shop.await(LOG, "ended=0");
    assertEquals(0, shop.exit(screen, LOG), shop.log(LOG));
    theTerminalIsAsItWas();
  }

  @Test
  void controlCEndsItAndLeavesTheTerminalAsItWas() throws Exception {
    var screen = screen();
    press(screen, '\u0003');
    shop.await(LOG, "ended=130");
    assertEquals(0, shop.exit(screen, LOG), shop.log(LOG));
    theTerminalIsAsItWas();
  }

  @Test
  void nothingIsWiderOrHigherThanTheTerminal() throws Exception {
    var screen = screen();
    shop.await(LOG, HOME, 2);
    press(screen, 'q');
    shop.exit(screen, LOG);
    var log = shop.log(LOG);
    var drawn = log.substring(log.indexOf(ENTERED), log.indexOf(LEFT));
    for (var frame : drawn.split(Pattern.quote(HOME), -1)) {
      var lines = frame.split("\r\n", -1);
      assertTrue(lines.length <= ROWS, frame);
      for (var line : lines) {
        var shown = line.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "");
        assertTrue(shown.length() <= COLUMNS, shown);
      }
    }
  }

  @Test
  void withoutATerminalItIsOnePlainTable() {
    var once = plain();
    assertFalse(once.contains("\u001b"), once);
    var shields = new Output(shop.testudo("top", "--json").out()).json().path("shields");
    assertEquals(1, shields.size(), shields::toString);
    // One line for one shield without connections: which program, and where it runs.
    var headline =
        List.of(
            shields.get(0).path("program").asText(), "pid", shields.get(0).path("pid").asText());
    assertEquals(1, once.lines().count(), once);
    assertEquals(headline, List.of(once.split(" +")).subList(0, 3));
  }

  @Test
  void aProcessOfAShieldInItsOwnNameSpaceIsFoundByItsNumberOutside() throws Exception {
    var words = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    words.addAll(ShieldWorkshop.shield("learn", "--", "sh", "-c", "tail -f /dev/null; true"));
    var nothing = ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile());
    var inside = shop.start("inside.log", words, nothing);
    Patience.until(
        () -> outside(inside, "tail").isPresent(), () -> shop.log("inside.log") + plain());
    var shell = shop.awaitShield("inside.log", shield -> runs(shield, "sh"));
    assertEquals(1, shell.shielded().pid(), "it has a name space of its own");
    var why = shop.testudo("why", "" + outside(inside, "tail").orElseThrow().pid());
    assertEquals(
        List.of(shell.shielded().program(), "pid", "1"),
        List.of(why.out().split(" +")).subList(0, 3));
    assertFalse(why.out().contains("sleep"), why.all());
    assertEquals(1, shop.testudo(Map.of(), "why", "" + ProcessHandle.current().pid()).exit());
  }

  private static Optional<ProcessHandle> outside(Process shield, String name) {
    return shield
        .descendants()
        .filter(one -> one.info().command().orElse("").endsWith("/" + name))
        .findFirst();
  }
}
