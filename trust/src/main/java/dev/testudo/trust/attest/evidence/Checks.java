package dev.testudo.trust.attest.evidence;

import dev.testudo.trust.attest.evidence.Verification.Checked;
import dev.testudo.trust.attest.evidence.Verification.Outcome;
import java.util.ArrayList;
import java.util.List;

/// Records what is checked. Not thread-safe.
public final class Checks {
  private final List<Checked> all = new ArrayList<>();

  /// Creates an empty record.
  public Checks() {}

  /// Records a check that the evidence passes.
  ///
  /// @param result what was found, in a few words
  public void passed(Check check, String result) {
    all.add(new Checked(check, Outcome.PASSED, result));
  }

  /// Records a check that is not required and cannot be made.
  ///
  /// @param why what it lacks, in a few words
  public void notChecked(Check check, String why) {
    all.add(new Checked(check, Outcome.NOT_CHECKED, why));
  }

  /// Returns all checks so far.
  public List<Checked> all() {
    return List.copyOf(all);
  }
}
