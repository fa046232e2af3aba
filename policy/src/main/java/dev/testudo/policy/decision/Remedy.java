package dev.testudo.policy.decision;

import dev.testudo.policy.session.Tolerance;
import java.time.Duration;
import java.util.List;

/// What a policy would have to say to accept what it denies.
sealed interface Remedy {
  /// A word of `tolerate`.
  record Tolerate(Tolerance weakness) implements Remedy {}

  /// Items of `ignore_advisories`.
  record Ignore(List<String> advisories) implements Remedy {
    /// Copies the list.
    public Ignore {
      advisories = List.copyOf(advisories);
    }
  }

  /// A longer `collateral_grace`.
  record Wait(Duration grace) implements Remedy {}
}
