package dev.testudo.policy.decision;

import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Span;
import java.util.List;
import java.util.stream.Collectors;

/// Whether a service gets its configuration.
public sealed interface Decision {

  /// It does.
  ///
  /// @param hardwareAttested false if no hardware vouches for anything; say so wherever it is shown
  /// @param redeems whether the join token was needed, so that one of its uses is spent
  record Accepted(boolean hardwareAttested, boolean redeems) implements Decision {}

  /// It does not; all reasons.
  record Denied(List<Reason> reasons) implements Decision {
    public Denied {
      reasons = List.copyOf(reasons);
    }

    /// The reasons, one line each.
    public String text() {
      return reasons.stream().map(Reason::text).collect(Collectors.joining("\n"));
    }
  }

  /// One requirement that is not met.
  ///
  /// @param requirement what is asked for: `measurement`
  /// @param policy the place in the policy that asks for it
  record Reason(String requirement, String expected, String seen, Span policy) {

    /// One line: what, expected, seen, where.
    public String text() {
      return "%s: expected %s, seen %s (%s)".formatted(requirement, expected, seen, policy.place());
    }
  }

  /// Judges claims by what `session` asks of `service`, one of its services. What no rule allows is
  /// denied.
  static Decision of(Session session, Service service, Claims claims) {
    return new Appraisal(session, service, claims).decide();
  }
}
