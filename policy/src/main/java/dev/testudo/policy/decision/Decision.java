package dev.testudo.policy.decision;

import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Span;
import java.util.List;
import java.util.stream.Collectors;

/// The decision whether a service gets its configuration.
public sealed interface Decision {

  /// The service gets it.
  ///
  /// @param hardwareAttested false if the evidence is software only; every place that shows the
  ///     service must say so
  /// @param redeems true if the join token was needed, so that one of its uses is spent
  record Accepted(boolean hardwareAttested, boolean redeems) implements Decision {}

  /// The service does not get it, with all reasons.
  record Denied(List<Reason> reasons) implements Decision {
    public Denied {
      reasons = List.copyOf(reasons);
    }

    /// Returns the reasons, one line each.
    public String text() {
      return reasons.stream().map(Reason::text).collect(Collectors.joining("\n"));
    }
  }

  /// A requirement that is not met.
  ///
  /// @param requirement what is required, such as `measurement`
  /// @param policy the place in the policy that requires it
  record Reason(String requirement, String expected, String seen, Span policy) {

    /// Returns the reason as one line: requirement, expected value, seen value, place.
    public String text() {
      return "%s: expected %s, seen %s (%s)".formatted(requirement, expected, seen, policy.place());
    }
  }

  /// Decides whether the claims satisfy the session's requirements of one of its services. Denies
  /// whatever no rule allows.
  static Decision of(Session session, Service service, Claims claims) {
    return new Appraisal(session, service, claims).decide();
  }
}
