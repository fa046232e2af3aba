package dev.testudo.cas.volume;

import dev.testudo.cas.attestation.AttestedInstances;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.cas.volume.StoredVolume.Found;
import dev.testudo.trust.channel.LeaseAnswer;
import dev.testudo.trust.channel.LeaseRequest;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.TagAdvance;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Stores the new tags of volumes. A program's `fsync` waits for that, so a step costs one row: the
/// lease says who may store it, and no policy is looked at. The steps of many callers share one
/// commit of the database.
public final class Advances {
  /// How often the audit log says how far a volume is.
  static final Duration LOGGED_EVERY = Duration.ofMinutes(1);

  private final Store store;
  private final AttestedInstances instances;
  private final InstantSource clock;

  /// Creates the service on top of `store`.
  ///
  /// @param instances recognises who has attested
  public Advances(Store store, AttestedInstances instances, InstantSource clock) {
    this.store = store;
    this.instances = instances;
    this.clock = clock;
  }

  /// Stores the steps of one caller, and answers once they are durable.
  ///
  /// @throws Refused if the caller is not an instance that has attested
  public byte[] advance(byte[] body, Caller caller) throws Refused, IOException {
    var advance = Leases.decoded(() -> LeaseRequest.decodeAdvance(body));
    var volume = advance.steps().getFirst().lease().volume().toString();
    try {
      instances.recognise(advance.ticket(), caller);
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("advance-volume", volume, e));
      throw e;
    }
    var answers =
        store.<List<LeaseAnswer>, Refused>transact(
            Optional.of(caller),
            transaction -> advance(transaction, advance.steps(), caller.requireKey()));
    for (var i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof LeaseAnswer.Lost(var reason)) {
        var lost = advance.steps().get(i).lease().volume().toString();
        store.note(
            caller, new AuditEvent.Refused("advance-volume", lost, "lease-lost", List.of(reason)));
      }
    }
    return LeaseAnswer.encode(answers);
  }

  private Outcome<List<LeaseAnswer>> advance(
      Transaction transaction, List<TagAdvance> steps, KeyHash key) throws IOException {
    var answers = new ArrayList<LeaseAnswer>();
    var events = new ArrayList<AuditEvent>();
    var now = clock.instant();
    for (var step : steps) {
      answers.add(advance(transaction, step, key, now, events));
    }
    return new Outcome<>(answers, events);
  }

  private static LeaseAnswer advance(
      Transaction transaction, TagAdvance step, KeyHash key, Instant now, List<AuditEvent> events)
      throws IOException {
    var ref = step.lease().volume();
    var found = StoredVolume.find(transaction, ref);
    if (found.isEmpty()) {
      return new LeaseAnswer.Lost("CAS does not know the volume");
    }
    var volume = found.get().volume();
    var lost = volume.invalid(step.lease(), key, now);
    if (lost.isPresent()) {
      return new LeaseAnswer.Lost(lost.get());
    }
    if (volume.position().equals(Optional.of(step.to()))) {
      return new LeaseAnswer.Done();
    }
    if (!follows(volume, step)) {
      return new LeaseAnswer.Conflict(volume.position());
    }
    store(transaction, step, found.get(), now, events);
    return new LeaseAnswer.Done();
  }

  private static void store(
      Transaction transaction, TagAdvance step, Found found, Instant now, List<AuditEvent> events)
      throws IOException {
    var ref = step.lease().volume();
    var after = found.volume().withPosition(Optional.of(step.to()));
    if (!now.isBefore(after.logged().plus(LOGGED_EVERY))) {
      after = after.loggedAt(now);
      events.add(
          new AuditEvent.VolumeAdvanced(ref.toString(), after.fence(), step.to().toString()));
    }
    after.store(transaction, ref, Optional.of(found));
  }

  /// Returns true if a step begins with the state that CAS has, and leads forward.
  private static boolean follows(StoredVolume volume, TagAdvance step) {
    var has = volume.position();
    if (has.isEmpty() || step.from().isEmpty()) {
      return has.isEmpty() && step.from().isEmpty();
    }
    return has.get().matches(step.from().get())
        && (volume.lease().orElseThrow().isFree() || isForward(has.get(), step.to()));
  }

  private static boolean isForward(StoredTag from, StoredTag to) {
    return from.sequence().isEmpty() || to.sequence().orElseThrow() > from.sequence().getAsLong();
  }
}
