package dev.testudo.cas.volume;

import dev.testudo.cas.access.Rights;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.FilesKeys;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.Volume.Origin;
import dev.testudo.trust.channel.AcceptedTag;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.channel.VolumeStatus;
import dev.testudo.trust.channel.VolumeStatus.Holder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Tells people the states of volumes, and lets them decide which state counts after a backup was
/// restored. Callers with the right to read a session may see its volumes; callers with the right
/// to update it may decide.
public final class VolumeStates {
  private final Store store;
  private final Catalog catalog;
  private final SecretMaker maker;
  private final Rights rights;
  private final InstantSource clock;

  /// Creates the service on top of `store`.
  public VolumeStates(
      Store store, Catalog catalog, SecretMaker maker, Rights rights, InstantSource clock) {
    this.store = store;
    this.catalog = catalog;
    this.maker = maker;
    this.rights = rights;
    this.clock = clock;
  }

  /// Returns the volumes of a session, those that it imports included.
  ///
  /// @throws Refused if the caller may not read the session
  public byte[] list(SessionName name, Caller caller) throws Refused, IOException {
    try {
      return VolumeStatus.encode(
          store.read(
              transaction -> {
                var session = active(transaction, name);
                rights.demand(transaction, session, Rights.Right.READ, caller.requireKey());
                return of(transaction, session);
              }));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("list-volumes", name.value(), e));
      throw e;
    }
  }

  private Registered active(Transaction transaction, SessionName name) throws Refused, IOException {
    return catalog
        .active(transaction, name)
        .orElseThrow(
            () ->
                new Refused(RefusalId.UNKNOWN_SESSION, "there is no session `%s`".formatted(name)));
  }

  /// Returns the volumes of a session.
  public List<VolumeStatus> of(Transaction transaction, Registered session)
      throws Refused, IOException {
    var keys = new FilesKeys(maker.peek(transaction, session));
    var volumes = new ArrayList<VolumeStatus>();
    for (var volume : session.session().volumes()) {
      volumes.add(
          switch (volume.origin()) {
            case Origin.Own _ -> status(transaction, volume.name(), session, volume);
            case Origin.Imported imported -> imported(transaction, keys, volume, imported);
          });
    }
    return volumes;
  }

  /// Returns an imported volume. Nothing is known about one that its owner does not export.
  private VolumeStatus imported(
      Transaction transaction, FilesKeys keys, Volume volume, Origin.Imported imported)
      throws IOException {
    try {
      var exported = keys.exported(volume, imported).volume();
      return status(transaction, volume.name(), active(transaction, imported.from()), exported);
    } catch (Refused e) {
      return new VolumeStatus(
          volume.name(),
          new VolumeRef(imported.from(), imported.original()),
          Optional.empty(),
          0,
          Optional.empty());
    }
  }

  private VolumeStatus status(Transaction transaction, String name, Registered owner, Volume volume)
      throws IOException {
    var ref = new VolumeRef(owner.session().name(), volume.name());
    var known = known(transaction, owner, volume, ref);
    var now = clock.instant();
    return new VolumeStatus(
        name,
        ref,
        known.flatMap(StoredVolume::position),
        known.map(StoredVolume::fence).orElse(0L),
        known.flatMap(StoredVolume::lease).map(lease -> holder(lease, now)));
  }

  private static Holder holder(StoredVolume.Lease lease, Instant now) {
    var left = Duration.between(now, lease.expires());
    return new Holder(lease.service(), lease.since(), left.isNegative() ? Duration.ZERO : left);
  }

  /// Returns what CAS knows about a volume; empty if its key is not available.
  private Optional<StoredVolume> known(
      Transaction transaction, Registered owner, Volume volume, VolumeRef ref) throws IOException {
    if (!(volume.origin() instanceof Origin.Own own)) {
      return Optional.empty();
    }
    try {
      var found = StoredVolume.find(transaction, ref);
      return Optional.of(current(transaction, owner, volume, own, found));
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  private StoredVolume current(
      Transaction transaction,
      Registered owner,
      Volume volume,
      Origin.Own own,
      Optional<StoredVolume.Found> found)
      throws Refused, IOException {
    var keys = new FilesKeys(maker.peek(transaction, owner));
    var protection = keys.protection(volume, own);
    var given = protection.tag().map(tag -> new StoredTag(OptionalLong.empty(), tag));
    return StoredVolume.current(found, Generation.of(protection), given);
  }

  /// Makes CAS accept a state of a volume, whatever it has now.
  ///
  /// @throws Refused if the caller may not update the session, the session does not own such a
  ///     volume, a mount has it, or CAS has another state than the caller has seen
  public byte[] accept(byte[] body, Caller caller) throws Refused, IOException {
    var accepted = Leases.decoded(() -> AcceptedTag.decode(body));
    try {
      var status =
          store.transact(Optional.of(caller), transaction -> accept(transaction, accepted, caller));
      return VolumeStatus.encode(List.of(status));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("accept-volume", accepted.volume().toString(), e));
      throw e;
    }
  }

  private Outcome<VolumeStatus> accept(Transaction transaction, AcceptedTag accepted, Caller caller)
      throws Refused, IOException {
    var ref = accepted.volume();
    var session = active(transaction, ref.session());
    rights.demand(transaction, session, Rights.Right.UPDATE, caller.requireKey());
    var volume = owned(session, ref);
    var found = StoredVolume.find(transaction, ref);
    demandFree(ref, found);
    var before = current(transaction, session, volume, (Origin.Own) volume.origin(), found);
    if (accepted.instead().isPresent() && !before.position().equals(accepted.instead())) {
      throw new Refused(
          RefusalId.WRONG_PREDECESSOR,
          "CAS has another state of volume `%s` than %s: %s"
              .formatted(
                  ref.name(),
                  accepted.instead().get(),
                  before.position().map(Object::toString).orElse("none")));
    }
    before
        .withPosition(Optional.of(accepted.position()))
        .withoutLease()
        .store(transaction, ref, found);
    return Outcome.of(
        status(transaction, ref.name(), session, volume),
        new AuditEvent.VolumeAccepted(
            ref.toString(),
            before.position().map(Object::toString),
            accepted.position().toString()));
  }

  private static Volume owned(Registered session, VolumeRef ref) throws Refused {
    return session.session().volumes().stream()
        .filter(volume -> volume.name().equals(ref.name()))
        .filter(volume -> volume.origin() instanceof Origin.Own)
        .findFirst()
        .orElseThrow(
            () ->
                new Refused(
                    RefusalId.UNKNOWN_VOLUME,
                    "session `%s` owns no volume `%s`".formatted(ref.session(), ref.name())));
  }

  private void demandFree(VolumeRef ref, Optional<StoredVolume.Found> found) throws Refused {
    var lease =
        found.flatMap(f -> f.volume().lease()).filter(held -> held.isValid(clock.instant()));
    if (lease.isPresent()) {
      throw new Refused(
          RefusalId.VOLUME_HELD,
          "volume `%s` is in use by service `%s`; stop it before you restore its files"
              .formatted(ref.name(), lease.get().service()));
    }
  }
}
