package dev.testudo.policy.decision;

import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The decision whether a service gets its configuration.
public sealed interface Decision {

  /// The service gets it.
  ///
  /// @param hardwareAttested false if no hardware of a vendor vouches for the service, or does not
  ///     protect it; every place that shows the service must say so
  /// @param redeems true if the join token was needed, so that one of its uses is spent
  /// @param remarks what was tolerated, and what ends next
  record Accepted(boolean hardwareAttested, boolean redeems, List<Remark> remarks)
      implements Decision {
    /// Copies the list.
    public Accepted {
      remarks = List.copyOf(remarks);
    }
  }

  /// The service does not get it, with all reasons.
  ///
  /// @param nearest the rule that lacks least, if the service has rules
  /// @param reasons what the nearest rule lacks, then what the others lack, then the platform
  /// @param advice the lines of a policy that would accept the platform, and what they give away
  record Denied(Optional<Nearest> nearest, List<Reason> reasons, List<String> advice)
      implements Decision {
    /// Copies the lists.
    public Denied {
      reasons = List.copyOf(reasons);
      advice = List.copyOf(advice);
    }

    /// Returns all of it: the nearest rule, the reasons and the advice.
    public List<String> lines() {
      var lines = new ArrayList<String>();
      nearest.map(Nearest::text).ifPresent(lines::add);
      reasons.stream().map(Reason::text).forEach(lines::add);
      lines.addAll(advice);
      return lines;
    }

    /// Returns the lines as one text.
    public String text() {
      return lines().stream().collect(Collectors.joining("\n"));
    }
  }

  /// The rule that lacks least.
  ///
  /// @param rule its place
  /// @param unmet how many of its requirements are not met
  /// @param all how many it has
  /// @param sameKind false if it is for another kind of evidence
  record Nearest(Span rule, int unmet, int all, boolean sameKind) {
    /// Returns how far it is, as one line.
    public String text() {
      if (!sameKind) {
        return "nearest rule at %s: it is for another kind of evidence".formatted(rule.place());
      }
      if (unmet == 0) {
        return "the rule at %s is met; the session requires more".formatted(rule.place());
      }
      return "nearest rule at %s: %d of %d requirements %s not met"
          .formatted(rule.place(), unmet, all, unmet == 1 ? "is" : "are");
    }
  }

  /// A requirement that is not met.
  ///
  /// @param requirement what is required, such as `measurement`
  /// @param policy the place in the policy that requires it
  record Reason(ReasonId id, String requirement, String expected, String seen, Span policy) {

    /// Returns the reason as one line: requirement, expected value, seen value, place.
    public String text() {
      return "%s: expected %s, seen %s (%s)".formatted(requirement, expected, seen, policy.place());
    }
  }

  /// Decides whether the claims satisfy the session's requirements of one of its services. Denies
  /// whatever no rule allows.
  ///
  /// @param now the instant at which the dates of evidence and policy must hold
  static Decision of(Session session, Service service, Claims claims, Instant now) {
    return new Appraisal(session, service, claims, now).decide();
  }
}
