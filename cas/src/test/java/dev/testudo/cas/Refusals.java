package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.Problem;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.function.Executable;

/// Assertions about refusals.
final class Refusals {
  private static final Pattern DIAGNOSTIC =
      Pattern.compile("(?m)^(?:error|warning)\\[([a-z-]+)]: .*\n *--> (.+)$");
  private static final Pattern PLACE = Pattern.compile("\\(([^() ]+:[0-9]+:[0-9]+)\\)");

  private Refusals() {}

  static CasException refused(String id, Executable what) {
    var e = assertThrows(CasException.class, what);
    assertEquals(id, e.problem().id(), e.problem().text());
    return e;
  }

  /// Asserts that a program is refused its configuration.
  static AttestationException notDelivered(String id, Executable what) {
    var e = assertThrows(AttestationException.class, what);
    assertEquals(id, e.problem().id(), e.problem().text());
    return e;
  }

  /// Asserts that a program whose evidence is not accepted learns only that, and
  /// the id of the request.
  static AttestationException notAttested(Executable what) {
    var e = notDelivered("attestation-refused", what);
    assertEquals(
        new Problem("attestation-refused", "the service is not attested", List.of(), e.request()),
        e.problem());
    return e;
  }

  /// Returns the id and the place of each diagnostic that `problem` shows.
  static List<String> diagnostics(Problem problem) {
    return DIAGNOSTIC
        .matcher(problem.text())
        .results()
        .map(found -> found.group(1) + " " + found.group(2))
        .toList();
  }

  /// Returns the places that a sentence names in parentheses, in order.
  static List<String> places(String sentence) {
    return PLACE.matcher(sentence).results().map(found -> found.group(1)).toList();
  }
}
