package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Checks that everything is valid at one instant, and collects when it ends. Of certificates with
/// the same name, the one that ends first counts.
final class Deadlines {
  private final Instant at;
  private final Duration grace;
  private final Map<String, Expiry> expiries = new LinkedHashMap<>();

  /// @param grace how long after its end a document is still accepted
  Deadlines(Instant at, Duration grace) {
    this.at = at;
    this.grace = grace;
  }

  /// Checks the certificates of a chain, which have no grace.
  void certificates(IntelChain chain) throws EvidenceException {
    for (var certificate : chain.certificates()) {
      var period = new Period(certificate.notBefore(), certificate.notAfter());
      check("the certificate `%s`".formatted(certificate.commonName()), period, Duration.ZERO);
      add(new Expiry(certificate.commonName(), period.until(), false));
    }
  }

  /// Checks a document.
  void document(Object id, Period period) throws EvidenceException {
    check("the document %s".formatted(id), period, grace);
    add(new Expiry(id.toString(), period.until(), true));
  }

  /// Returns all ends.
  List<Expiry> expiries() {
    return List.copyOf(expiries.values());
  }

  private void add(Expiry expiry) {
    expiries.merge(
        expiry.document(), expiry, (one, other) -> one.at().isBefore(other.at()) ? one : other);
  }

  private void check(String what, Period period, Duration grace) throws EvidenceException {
    if (at.isBefore(period.from())) {
      throw new EvidenceException(
          RejectionId.OUTSIDE_VALIDITY,
          "%s is valid from %s on, and it is verified at %s".formatted(what, period.from(), at));
    }
    if (Duration.between(period.until(), at).compareTo(grace) > 0) {
      throw new EvidenceException(
          RejectionId.OUTSIDE_VALIDITY,
          "%s was valid until %s, and it is verified at %s%s"
              .formatted(what, period.until(), at, graced(grace)));
    }
  }

  private static String graced(Duration grace) {
    return grace.isZero() ? "" : " with a grace of " + grace;
  }
}
