package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the appraisal of a platform has found: reasons for denial with their remedies, and remarks.
///
/// @param terms what the session tolerates
/// @param place where it says so
record PlatformFindings(
    PlatformTerms terms,
    Span place,
    List<Reason> reasons,
    List<Remedy> remedies,
    List<Remark> remarks) {

  PlatformFindings(PlatformTerms terms, Span place) {
    this(terms, place, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /// Adds a reason that no setting removes.
  void refuse(ReasonId id, String requirement, String expected, String seen) {
    reasons.add(new Reason(id, requirement, expected, seen, place));
  }

  void refuse(Reason reason) {
    reasons.add(reason);
  }

  /// Adds a reason, and what the policy would have to say.
  void refuse(Reason reason, Remedy remedy) {
    reasons.add(reason);
    remedies.add(remedy);
  }

  void remark(Remark.Kind kind, String text) {
    remarks.add(new Remark(kind, text));
  }

  /// Judges a weakness of the platform: a remark if the policy tolerates it, else a reason.
  ///
  /// @param name what the requirement is called
  /// @param safe what is accepted without the word
  /// @param seen the weakness, as evidence shows it
  void weakness(ReasonId id, Tolerance word, String name, String safe, String seen) {
    var tolerated = Optional.ofNullable(terms.tolerated().get(word));
    if (tolerated.isPresent()) {
      remark(
          Remark.Kind.TOLERATED,
          "%s: %s, tolerated (`%s` at %s): %s"
              .formatted(name, seen, word, tolerated.get().place(), word.gives()));
    } else {
      var expected = "%s (`tolerate` does not list `%s`)".formatted(safe, word);
      refuse(new Reason(id, name, expected, seen, place), new Remedy.Tolerate(word));
    }
  }
}
