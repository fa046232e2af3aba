package dev.testudo.policy.evidence;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// What vouches for a platform, and how long (RFC 9334, section 4.1).
///
/// @param expiries the ends of everything that the verification rests on; at least one
public record Endorsement(Root root, List<Expiry> expiries) {
  /// Copies the list, the earliest end first.
  public Endorsement {
    expiries = expiries.stream().sorted(Comparator.comparing(Expiry::at)).toList();
  }

  /// The end of one document.
  ///
  /// @param document what ends, as `attest collateral list` names it
  /// @param at the last instant at which it is valid
  /// @param graced whether a policy can accept it longer: a list that its issuer renews, as opposed
  ///     to a certificate
  public record Expiry(String document, Instant at, boolean graced) {}

  /// Returns what has ended at `instant`.
  public List<Expiry> ended(Instant instant) {
    return expiries.stream().filter(expiry -> expiry.at().isBefore(instant)).toList();
  }
}
