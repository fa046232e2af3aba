package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a program gets from the host that starts its agent: what its policy asks for. Runs as root.
@Timeout(3600)
class HostValuesIT {
  @TempDir private static Path folder;
  private static RunningCas cas;
  private static Path image;

  @BeforeAll
  static void startCas() throws IOException {
    cas = RunningCas.start(folder.resolve("cas"));
    image = Files.createDirectory(folder.resolve("image"));
    Files.createDirectory(image.resolve("root"));
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"],\"host_paths\":[]}"
            .formatted(Path.of("/bin/sh").toRealPath()));
    cas.register(
        """
        name: host
        version: "0.3"
        security: {attestation: {mode: none}}
        services:
          - name: program
            command: [sh, -c, 'echo "$0|$1|$2|$TZ|$IT_UNSET|$STRANGER"', zero, "@@2", x@@1]
            environment: {PATH: /usr/bin:/bin, \\@\\@TZ: ignored, \\@\\@IT_UNSET: ~}
        """);
  }

  @AfterAll
  static void stopCas() throws IOException {
    cas.close();
  }

  private static Command run(String... arguments) {
    var words = cas.agent("host/program", image, arguments);
    return Command.run(Map.of("TZ", "Asia/Tokyo", "STRANGER", "1"), words);
  }

  @Test
  void theProgramGetsWhatItsPolicyAsksForAndNothingElse() {
    var started = run("--", "first", "--help $TZ");
    assertEquals("zero|--help $TZ|x@@1|Asia/Tokyo||\n", started.out(), started.all());
    assertEquals(0, started.exit());
  }

  @Test
  void withoutAnArgumentThatThePolicyAsksForNothingStarts() {
    var refused = run("--", "first");
    assertEquals(2, refused.exit(), refused.all());
    assertEquals("", refused.out());
  }
}
