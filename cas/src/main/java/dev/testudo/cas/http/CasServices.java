package dev.testudo.cas.http;

import dev.testudo.cas.attestation.Attestation;
import dev.testudo.cas.collateral.CollateralKeeper;
import dev.testudo.cas.session.Bundles;
import dev.testudo.cas.session.Deletions;
import dev.testudo.cas.session.Listing;
import dev.testudo.cas.session.PublicValues;
import dev.testudo.cas.session.RefusalReasons;
import dev.testudo.cas.session.Rehearsal;
import dev.testudo.cas.session.Sessions;
import dev.testudo.cas.token.JoinTokens;
import dev.testudo.cas.volume.Advances;
import dev.testudo.cas.volume.Leases;
import dev.testudo.cas.volume.VolumeStates;
import dev.testudo.cas.witness.Witness;
import java.util.Optional;

/// The services of CAS that routes lead to, one for each kind of request.
public record CasServices(
    OfSessions ofSessions,
    PublicValues values,
    OfInstances ofInstances,
    JoinTokens tokens,
    RefusalReasons reasons,
    Witness witness) {
  /// What can be done with sessions.
  public record OfSessions(
      Sessions sessions,
      Bundles bundles,
      Rehearsal rehearsal,
      Listing listing,
      Deletions deletions,
      VolumeStates volumes) {}

  /// What instances of services ask for.
  ///
  /// @param collateral the documents of manufacturers, if CAS keeps any
  public record OfInstances(
      Attestation attestation,
      Leases leases,
      Advances advances,
      Optional<CollateralKeeper> collateral) {}
}
