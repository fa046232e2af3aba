package dev.testudo.cas.attestation;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import java.util.EnumSet;
import java.util.Set;

/// Determines what a caller learns whose evidence was not accepted: only the refusal and the id of
/// the request. Those who may read the session can find out whether the session exists, which
/// measurement it requires, or what is wrong with the token.
final class Stranger {
  /// The refusals that precede the acceptance of evidence.
  private static final Set<RefusalId> BEFORE_ACCEPTANCE =
      EnumSet.of(
          RefusalId.ATTESTATION_REFUSED, RefusalId.UNKNOWN_SESSION, RefusalId.UNKNOWN_SERVICE);

  private Stranger() {}

  /// Returns the refusal to answer with instead of `refused`.
  static Refused answer(Refused refused) {
    return BEFORE_ACCEPTANCE.contains(refused.id())
        ? new Refused(RefusalId.ATTESTATION_REFUSED, "the service is not attested")
        : refused;
  }
}
