package dev.testudo.trust.attest.evidence;

import dev.testudo.trust.attest.evidence.Verification.Passed;
import java.util.ArrayList;
import java.util.List;

/// Records the checks that evidence passes. Not thread-safe.
public final class Checks {
  private final List<Passed> passed = new ArrayList<>();

  /// Creates an empty record.
  public Checks() {}

  /// Records a check.
  ///
  /// @param result what was found, in a few words
  public void passed(Check check, String result) {
    passed.add(new Passed(check, result));
  }

  /// Returns all checks so far.
  public List<Passed> all() {
    return List.copyOf(passed);
  }
}
