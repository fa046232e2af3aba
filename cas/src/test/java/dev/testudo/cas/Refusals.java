package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.channel.CasException;
import org.junit.jupiter.api.function.Executable;

/// Expects refusals.
final class Refusals {
  private Refusals() {}

  static CasException refused(String id, Executable what) {
    var e = assertThrows(CasException.class, what);
    assertEquals(id, e.problem().id(), e.problem().text());
    return e;
  }
}
