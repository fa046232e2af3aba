package dev.testudo.agent.single;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.source.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RuleSourceTest {
  private static final String PROTECTED = "SCONE_NETWORK_SHIELD=protected\n";

  @TempDir private Path directory;

  private static RuleSource.Rules read(Map<String, String> environment, Optional<Path> file)
      throws IOException {
    return switch (new RuleSource(environment, file).read()) {
      case Parsed.Valid<RuleSource.Rules>(var rules, _) -> rules;
      case Parsed.Invalid<RuleSource.Rules>(var problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("rules.env"), content);
  }

  @Test
  void rulesOfTheFileOrOfTheEnvironmentAreStated() throws IOException {
    assertTrue(read(Map.of(), Optional.of(file(PROTECTED))).stated());
    assertTrue(read(Map.of("SCONE_NETWORK_SHIELD", "disabled"), Optional.empty()).stated());
    assertTrue(
        read(Map.of("SCONE_NETWORK_SHIELD", "disabled"), Optional.of(file("A=b\n"))).stated());
  }

  @Test
  void otherVariablesStateNothing() throws IOException {
    assertFalse(read(Map.of("A", "b"), Optional.empty()).stated());
    assertFalse(read(Map.of("A", "b"), Optional.of(file("C=d\n"))).stated());
  }

  @Test
  @Timeout(30)
  void theFileMayBeAPipeThatCanBeReadOnce() throws Exception {
    var pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    var writer =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    Files.writeString(pipe, PROTECTED);
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    var read = read(Map.of(), Optional.of(pipe));
    assertTrue(read.stated());
    assertEquals(DefaultMode.PROTECTED, read.rules().mode());
    writer.join();
  }
}
