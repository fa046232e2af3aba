package dev.testudo.it;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

/// Each part, in all ways in which it can be told, on one processor and on two.
@Tag("nightly")
class EndsInEveryWayIT extends EndsWhenTold {
  EndsInEveryWayIT() {
    super(cases());
  }

  private static List<Case> cases() {
    var cases = new ArrayList<Case>();
    for (var part : List.of(Part.UP, Part.CAS, Part.AGENT, Part.SHIELD)) {
      for (var told : List.of(Told.INT, Told.TERM, Told.HUP, Told.CLOSED)) {
        cases.add(new Case(part, told, 1));
        if (part == Part.UP) {
          cases.add(new Case(part, told, 2));
        }
      }
    }
    cases.add(new Case(Part.SHIELD, Told.KEY, 1));
    return cases;
  }
}
