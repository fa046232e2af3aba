package dev.testudo.shield.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs every escape program under a real shield. None may escape, and no place outside may
/// notice anything.
@Timeout(600)
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
    check(roots.run(program), Optional.empty());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void containsAnOrdinaryUser(EscapeProgram program) throws Exception {
    check(users.run(program), program.asUser());
  }

  /// @param untried why the program cannot even try, if so
  static void check(Outcome outcome, Optional<String> untried) {
    assertEquals(List.of(), outcome.saw(), outcome::toString);
    assertEquals(untried.isPresent() ? "untried" : "contained", outcome.kind(), outcome::toString);
    var exits =
        untried.isPresent() ? Set.of(Outcome.UNTRIED) : Set.of(Outcome.CONTAINED, Outcome.LATER);
    assertTrue(exits.contains(outcome.exit()), outcome::toString);
  }
}
