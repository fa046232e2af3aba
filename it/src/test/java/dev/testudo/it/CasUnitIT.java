package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The systemd unit of CAS in packages: systemd accepts it, CAS knows its options, and it is as
/// hardened as the documents say.
@Timeout(3600)
class CasUnitIT {
  private static final Path UNIT = Command.ROOT.resolve("dist/src/packages/testudo-cas.service");

  @TempDir private Path folder;

  @Test
  void systemdAcceptsTheUnit() throws IOException {
    var installed = folder.resolve("testudo-cas.service");
    // systemd checks that the program exists.
    Files.writeString(
        installed, Files.readString(UNIT).replace("/usr/bin/testudo ", Command.LAUNCHER + " "));
    var verified = Command.run("systemd-analyze", "verify", "--man=no", installed.toString());
    assertEquals("", verified.all());
    assertEquals(0, verified.exit());
  }

  @Test
  void casKnowsTheOptionsOfTheUnit() throws IOException {
    var help = Command.testudo("cas", "serve", "--help").out();
    var options =
        Pattern.compile("(?m)^ExecStart=.*$")
            .matcher(Files.readString(UNIT))
            .results()
            .flatMap(line -> Pattern.compile("--[a-z-]+").matcher(line.group()).results())
            .map(option -> option.group())
            .toList();
    assertTrue(options.size() >= 3, options::toString);
    for (var option : options) {
      assertTrue(help.contains("\n  " + option + " "), option);
    }
  }

  @Test
  void theDocumentedExposureIsThatOfTheUnit() throws IOException {
    var judged = Command.run("systemd-analyze", "security", "--offline=true", UNIT.toString());
    var exposure = Pattern.compile("Overall exposure level for testudo-cas\\.service: ([0-9.]+)");
    var found = exposure.matcher(judged.out());
    assertTrue(found.find(), judged.all());
    var page = Files.readString(Command.ROOT.resolve("docs/install.md"));
    assertTrue(page.contains("exposure of " + found.group(1) + " "), found.group());
  }
}
