package dev.testudo.cas.attestation;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.collateral.CollateralKeeper;
import dev.testudo.cas.collateral.Obtaining;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.TpmCredentials;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.TreeSet;

/// Verifies the evidence of callers with the documents that CAS has, and those that it can fetch.
public final class EvidenceVerification {
  /// How many steps of verification are remembered: two per platform, and some for the documents of
  /// all. A step takes 14 KiB (keys are kept with multiples of their points), so these take at most
  /// 28 MiB.
  private static final int REMEMBERED = 2048;

  private final HardwareRoots roots;
  private final Optional<CollateralKeeper> keeper;
  private final InstantSource clock;
  private final VerificationMemory memory = new VerificationMemory(REMEMBERED);

  /// Creates a verification.
  ///
  /// @param roots whose signatures count
  /// @param keeper the documents of manufacturers; without it, only software evidence and evidence
  ///     that brings everything with it can be verified
  public EvidenceVerification(
      HardwareRoots roots, Optional<CollateralKeeper> keeper, InstantSource clock) {
    this.roots = roots;
    this.keeper = keeper;
    this.clock = clock;
  }

  /// Verifies that evidence is genuine, and bound to what is expected. Waits only if documents are
  /// missing.
  ///
  /// @param credentials what TPMs were challenged with
  /// @throws Refused if documents are missing and cannot be had now
  Verification verify(
      Evidence evidence, ReportData expected, TpmCredentials credentials, Caller caller)
      throws Refused, IOException {
    var first = once(evidence, expected, credentials);
    if (!(first instanceof Rejected rejected) || rejected.missing().isEmpty()) {
      return first;
    }
    if (keeper.isEmpty()) {
      throw missing(rejected, "this CAS keeps none; start it with `--collateral`");
    }
    var obtaining = keeper.get().obtain(rejected.missing(), caller);
    // What came may suffice although not all did: a report of SEV-SNP that does not name its
    // generation asks for the certificates of two, of which one exists.
    var second = once(evidence, expected, credentials);
    if (!(second instanceof Rejected still) || still.missing().isEmpty()) {
      return second;
    }
    throw switch (obtaining) {
      case Obtaining.Obtained _ -> missing(still, "others were fetched first; try again");
      case Obtaining.Unavailable(var reason) -> unavailable(reason);
    };
  }

  private static Refused missing(Rejected rejected, String why) {
    var names = new TreeSet<>(rejected.missing().stream().map(Object::toString).toList());
    return unavailable("collateral is missing (%s): %s".formatted(String.join(", ", names), why));
  }

  private static Refused unavailable(String reason) {
    return new Refused(RefusalId.COLLATERAL_UNAVAILABLE, reason);
  }

  private Verification once(Evidence evidence, ReportData expected, TpmCredentials credentials) {
    var collateral = keeper.map(CollateralKeeper::current).orElse(Collateral.NONE);
    var context =
        new VerificationContext(
            collateral, roots, clock.instant(), PlatformTerms.MOST_GRACE, memory, credentials);
    return Verifier.verify(evidence, Optional.of(expected), context);
  }
}
