package dev.testudo.it;

import java.util.List;

/// Each part, in one or two of the ways in which it can be told. [EndsInEveryWayIT] has the others.
class EndsWhenToldIT extends EndsWhenTold {
  EndsWhenToldIT() {
    super(
        List.of(
            new Case(Part.UP, Told.CLOSED, 1),
            new Case(Part.UP, Told.TERM, 2),
            new Case(Part.CAS, Told.TERM, 1),
            new Case(Part.AGENT, Told.TERM, 1),
            new Case(Part.SHIELD, Told.CLOSED, 1),
            // Only one: two meshes of one Meshfile have the same addresses.
            new Case(Part.DEMO, Told.KEY, 2)));
  }
}
