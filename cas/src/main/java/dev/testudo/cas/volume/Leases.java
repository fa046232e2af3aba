package dev.testudo.cas.volume;

import dev.testudo.cas.attestation.AttestedInstances;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.cas.volume.StoredVolume.Found;
import dev.testudo.cas.volume.StoredVolume.Lease;
import dev.testudo.trust.channel.LeaseAnswer;
import dev.testudo.trust.channel.LeaseRequest;
import dev.testudo.trust.channel.VolumeLease;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gives volumes to mounts, one at a time, for a limited time. The row of a volume belongs to the
/// session that owns it, so there is one lease for all sessions that import it.
public final class Leases {
  /// How long a lease is usually valid unless it is renewed, by the clock of CAS.
  public static final Duration USUAL = Duration.ofSeconds(60);

  private final Store store;
  private final SecretMaker maker;
  private final AttestedInstances instances;
  private final InstantSource clock;
  private final Duration valid;

  /// Creates the service on top of `store`.
  ///
  /// @param instances recognises who has attested
  /// @param valid how long a lease is valid unless it is renewed
  public Leases(
      Store store,
      SecretMaker maker,
      AttestedInstances instances,
      InstantSource clock,
      Duration valid) {
    this.store = store;
    this.maker = maker;
    this.instances = instances;
    this.clock = clock;
    this.valid = valid;
  }

  /// Answers a claim.
  ///
  /// @throws Refused if the caller has no such volume, or another mount has it and this one does
  ///     not wait
  public byte[] claim(byte[] body, Caller caller) throws Refused, IOException {
    var claim = decoded(() -> LeaseRequest.decodeClaim(body));
    try {
      var instance = instances.recognise(claim.ticket(), caller);
      var answer =
          store.transact(
              Optional.of(caller),
              transaction -> claim(transaction, claim, instance, caller.requireKey()));
      return LeaseAnswer.encode(List.of(answer));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("claim-volume", claim.volume().toString(), e));
      // What the policy requires now is for those who may read it.
      throw e.id() == RefusalId.TICKET_REFUSED ? new Refused(e.id(), e.message()) : e;
    }
  }

  private Outcome<LeaseAnswer> claim(
      Transaction transaction,
      LeaseRequest.Claim claim,
      AttestedInstances.Instance instance,
      KeyHash key)
      throws Refused, IOException {
    var now = clock.instant();
    var accepted = instances.accepted(transaction, instance);
    var mounted = PermittedMount.of(transaction, maker, accepted, claim.volume());
    var found = StoredVolume.find(transaction, claim.volume());
    var current = StoredVolume.current(found, mounted.generation(), mounted.given());
    var other =
        found
            .flatMap(f -> f.volume().lease())
            .filter(lease -> lease.isValid(now) && !lease.isOf(key, claim.mount()));
    if (other.isPresent()) {
      return Outcome.unlogged(held(claim.volume(), mounted, other.get(), now));
    }
    if (mounted.isEphemeral()) {
      return Outcome.unlogged(new LeaseAnswer.Shared(current.position()));
    }
    return grant(transaction, claim, accepted.id().toString(), key, found, current, mounted);
  }

  private static LeaseAnswer held(
      VolumeRef volume, PermittedMount mounted, Lease lease, Instant now) throws Refused {
    if (mounted.isRefusedWhileHeld()) {
      throw new Refused(
          RefusalId.VOLUME_HELD,
          "volume `%s` of session `%s` is in use by service `%s` since %s, and the policy says `takeover: refuse`"
              .formatted(volume.name(), volume.session(), lease.service(), lease.since()));
    }
    return new LeaseAnswer.Held(lease.service(), Duration.between(now, lease.expires()));
  }

  /// Gives the volume to a mount. One that asks again, because the answer was lost, keeps its
  /// lease.
  private Outcome<LeaseAnswer> grant(
      Transaction transaction,
      LeaseRequest.Claim claim,
      String service,
      KeyHash key,
      Optional<Found> found,
      StoredVolume current,
      PermittedMount mounted)
      throws IOException {
    var now = clock.instant();
    var before = current.lease();
    var isAgain = before.filter(lease -> lease.isValid(now)).isPresent();
    var fence = isAgain ? current.fence() : current.fence() + 1;
    var since = isAgain ? before.get().since() : now;
    var lease =
        new Lease(service, key.text(), claim.mount(), since, now.plus(valid), mounted.isFree());
    current.withLease(fence, lease).store(transaction, claim.volume(), found);
    var granted = new LeaseAnswer.Granted(fence, current.position(), valid);
    return isAgain
        ? Outcome.unlogged(granted)
        : Outcome.of(
            granted,
            new AuditEvent.VolumeClaimed(
                claim.volume().toString(),
                service,
                fence,
                current.position().map(Object::toString),
                before.map(Lease::service)));
  }

  /// Answers a request for more time. Each lease whose volume the present policy gives its holder
  /// is extended; the others end.
  public byte[] renew(byte[] body, Caller caller) throws Refused, IOException {
    var renew = decoded(() -> LeaseRequest.decodeRenew(body));
    try {
      var instance = instances.recognise(renew.ticket(), caller);
      return LeaseAnswer.encode(
          store.transact(
              Optional.of(caller),
              transaction -> renew(transaction, renew.leases(), instance, caller.requireKey())));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("renew-volume", subject(renew.leases()), e));
      throw e;
    }
  }

  private Outcome<List<LeaseAnswer>> renew(
      Transaction transaction,
      List<VolumeLease> leases,
      AttestedInstances.Instance instance,
      KeyHash key)
      throws Refused, IOException {
    var answers = new ArrayList<LeaseAnswer>();
    var events = new ArrayList<AuditEvent>();
    var standing = standing(transaction, instance);
    for (var lease : leases) {
      var found = StoredVolume.find(transaction, lease.volume());
      var lost = lost(found, lease, key);
      var ends =
          lost.isPresent() ? lost : extend(transaction, lease, standing, found.orElseThrow());
      if (lost.isEmpty() && ends.isPresent()) {
        end(transaction, lease, found.orElseThrow(), ends.get(), events);
      }
      answers.add(
          ends.<LeaseAnswer>map(LeaseAnswer.Lost::new)
              .orElseGet(() -> new LeaseAnswer.Granted(lease.fence(), Optional.empty(), valid)));
    }
    return new Outcome<>(answers, events);
  }

  private Optional<String> lost(Optional<Found> found, VolumeLease lease, KeyHash key) {
    return found.isPresent()
        ? found.get().volume().lost(lease, key)
        : Optional.of("CAS does not know the volume: its session does not own it any more");
  }

  /// What the present policy says about an instance.
  private sealed interface Standing {
    record Good(AttestedInstances.Accepted instance) implements Standing {}

    record Bad(String reason) implements Standing {}
  }

  /// @throws Refused if that cannot be known now
  private Standing standing(Transaction transaction, AttestedInstances.Instance instance)
      throws Refused, IOException {
    try {
      return new Standing.Good(instances.accepted(transaction, instance));
    } catch (Refused e) {
      return new Standing.Bad(reason(e));
    }
  }

  /// Extends a valid lease.
  ///
  /// @return why the present policy does not permit that; empty if it was done
  private Optional<String> extend(
      Transaction transaction, VolumeLease lease, Standing standing, Found found)
      throws Refused, IOException {
    return switch (standing) {
      case Standing.Bad(var reason) -> Optional.of(reason);
      case Standing.Good(var instance) -> {
        try {
          var mounted = PermittedMount.of(transaction, maker, instance, lease.volume());
          yield extend(transaction, lease, mounted, found);
        } catch (Refused e) {
          yield Optional.of(reason(e));
        }
      }
    };
  }

  private Optional<String> extend(
      Transaction transaction, VolumeLease lease, PermittedMount mounted, Found found)
      throws IOException {
    var volume = found.volume();
    if (mounted.isEphemeral()) {
      return Optional.of("the volume is `ephemeral` now");
    }
    if (!mounted.generation().equals(volume.generation())) {
      return Optional.of("the policy gives the volume another key or another tag");
    }
    var end = clock.instant().plus(valid);
    var longer = volume.lease().orElseThrow().until(end, mounted.isFree());
    volume.withLease(volume.fence(), longer).store(transaction, lease.volume(), Optional.of(found));
    return Optional.empty();
  }

  /// Returns why the policy says no. That CAS cannot decide now is no reason.
  private static String reason(Refused e) throws Refused {
    if (e.id().status() >= 500) {
      throw e;
    }
    return e.message();
  }

  private static void end(
      Transaction transaction,
      VolumeLease lease,
      Found found,
      String reason,
      List<AuditEvent> events)
      throws IOException {
    var volume = found.volume();
    volume.withoutLease().store(transaction, lease.volume(), Optional.of(found));
    events.add(
        new AuditEvent.VolumeReleased(
            lease.volume().toString(),
            volume.lease().orElseThrow().service(),
            volume.fence(),
            volume.position().map(Object::toString),
            reason));
  }

  /// Takes leases back.
  public byte[] release(byte[] body, Caller caller) throws Refused, IOException {
    var release = decoded(() -> LeaseRequest.decodeRelease(body));
    try {
      instances.recognise(release.ticket(), caller);
      return LeaseAnswer.encode(
          store.deliver(
              Optional.of(caller),
              transaction -> release(transaction, release.leases(), caller.requireKey())));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("release-volume", subject(release.leases()), e));
      throw e;
    }
  }

  private Outcome<List<LeaseAnswer>> release(
      Transaction transaction, List<VolumeLease> leases, KeyHash key) throws IOException {
    var answers = new ArrayList<LeaseAnswer>();
    var events = new ArrayList<AuditEvent>();
    for (var lease : leases) {
      var found = StoredVolume.find(transaction, lease.volume());
      var lost = lost(found, lease, key);
      if (lost.isEmpty()) {
        end(transaction, lease, found.orElseThrow(), "released", events);
      }
      answers.add(lost.<LeaseAnswer>map(LeaseAnswer.Lost::new).orElseGet(LeaseAnswer.Done::new));
    }
    return new Outcome<>(answers, events);
  }

  private static String subject(List<VolumeLease> leases) {
    return leases.getFirst().volume().toString();
  }

  /// Decodes a request.
  @FunctionalInterface
  interface Decoding<R> {
    R decode() throws MessageException;
  }

  static <R> R decoded(Decoding<R> decoding) throws Refused {
    try {
      return decoding.decode();
    } catch (MessageException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}
