package dev.testudo.shield.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every escape program under a real shield: none gets out, and no place outside has seen anything.
@Timeout(60)
class EscapesPrivilegedTest {
  private static Cage roots;
  private static Cage users;

  static Stream<EscapeProgram> programs() {
    return EscapeProgram.all().stream();
  }

  @BeforeAll
  static void open() throws Exception {
    roots = Cage.asRoot();
    users = Cage.asOrdinaryUser();
  }

  @AfterAll
  static void close() throws Exception {
    roots.close();
    users.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void containsRoot(EscapeProgram program) throws Exception {
    checkContained(roots.run(program));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void containsAnOrdinaryUser(EscapeProgram program) throws Exception {
    var outcome = users.run(program);
    if (program.asUser().isPresent()) {
      assertEquals(Outcome.UNTRIED, outcome.exit(), outcome::toString);
      assertEquals(List.of(), outcome.saw());
    } else {
      checkContained(outcome);
    }
  }

  static void checkContained(Outcome outcome) {
    assertEquals(List.of(), outcome.saw(), outcome::toString);
    assertEquals("contained", outcome.kind(), outcome::toString);
    assertTrue(
        outcome.exit() == Outcome.CONTAINED || outcome.exit() == Outcome.LATER, outcome::toString);
  }
}
