package dev.testudo.cas.attestation;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import java.util.EnumSet;
import java.util.Set;

/// What a caller learns whose evidence was not accepted: that it was refused, and the name of the
/// request. Whether there is such a session, which measurement it wants or what is wrong with the
/// token are for those who may read the session.
final class Stranger {
  /// What is decided before evidence is accepted.
  private static final Set<RefusalId> BEFORE_ACCEPTANCE =
      EnumSet.of(
          RefusalId.ATTESTATION_REFUSED, RefusalId.UNKNOWN_SESSION, RefusalId.UNKNOWN_SERVICE);

  private Stranger() {}

  /// What is answered instead of `refused`.
  static Refused answer(Refused refused) {
    return BEFORE_ACCEPTANCE.contains(refused.id())
        ? new Refused(RefusalId.ATTESTATION_REFUSED, "the service is not attested")
        : refused;
  }
}
