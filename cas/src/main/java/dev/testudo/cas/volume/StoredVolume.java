package dev.testudo.cas.volume;

import dev.testudo.cas.store.Transaction;
import dev.testudo.cas.store.VolumeRow;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.VolumeLease;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// What CAS knows about a volume.
///
/// @param generation identifies the key of the volume and the tag that its policy gives it, see
///     [Generation]. A volume of another generation begins anew.
/// @param position the newest state; empty if CAS has never had a tag
/// @param fence the number of the newest lease; 0 if there was none
/// @param lease the lease, which may have expired; empty if it was given back or ended
/// @param logged when the audit log last said how far the volume is
record StoredVolume(
    String generation,
    Optional<StoredTag> position,
    long fence,
    Optional<Lease> lease,
    Instant logged) {
  private static final int LIMIT = 4096;

  /// The right of one mount to change a volume.
  ///
  /// @param service the service whose mount it is
  /// @param holder the hash of the key of the instance that has it
  /// @param mount the mount, as its agent names it
  /// @param expires when the lease ends unless it is renewed
  /// @param isFree true if the holder may store any state (`no_rollback_protection`)
  record Lease(
      String service, String holder, String mount, Instant since, Instant expires, boolean isFree) {

    boolean isValid(Instant now) {
      return now.isBefore(expires);
    }

    boolean isOf(KeyHash key, String otherMount) {
      return holder.equals(key.text()) && mount.equals(otherMount);
    }

    Lease until(Instant end, boolean free) {
      return new Lease(service, holder, mount, since, end, free);
    }
  }

  /// A volume and its row.
  record Found(VolumeRow row, StoredVolume volume) {}

  /// Returns a volume, if it is stored.
  static Optional<Found> find(Transaction transaction, VolumeRef ref) throws IOException {
    var row = transaction.volumes().find(ref.session().value(), ref.name());
    return row.isPresent() ? Optional.of(new Found(row.get(), of(row.get()))) : Optional.empty();
  }

  /// Returns what CAS knows about the present generation of a volume. Of an earlier one it keeps
  /// the lease, whose holder may still write.
  ///
  /// @param given the tag that the policy gives the volume
  static StoredVolume current(Optional<Found> found, String generation, Optional<StoredTag> given) {
    var stored = found.map(Found::volume);
    return stored
        .filter(volume -> volume.generation().equals(generation))
        .orElseGet(
            () ->
                new StoredVolume(
                    generation,
                    given,
                    stored.map(StoredVolume::fence).orElse(0L),
                    stored.flatMap(StoredVolume::lease),
                    Instant.EPOCH));
  }

  StoredVolume withPosition(Optional<StoredTag> other) {
    return new StoredVolume(generation, other, fence, lease, logged);
  }

  StoredVolume withLease(long newFence, Lease other) {
    return new StoredVolume(generation, position, newFence, Optional.of(other), logged);
  }

  StoredVolume withoutLease() {
    return new StoredVolume(generation, position, fence, Optional.empty(), logged);
  }

  StoredVolume loggedAt(Instant now) {
    return new StoredVolume(generation, position, fence, lease, now);
  }

  /// Returns why a lease is not valid; empty if it is.
  Optional<String> invalid(VolumeLease claimed, KeyHash holder, Instant now) {
    var lost = lost(claimed, holder);
    if (lost.isPresent() || lease.orElseThrow().isValid(now)) {
      return lost;
    }
    return Optional.of(
        "lease %d expired at %s".formatted(claimed.fence(), lease.orElseThrow().expires()));
  }

  /// Returns why a lease is over for good; empty if it is valid, or if it has expired and nobody
  /// has claimed the volume since.
  Optional<String> lost(VolumeLease claimed, KeyHash holder) {
    if (claimed.fence() < fence) {
      return Optional.of(
          "lease %d is over: CAS has given the volume away since, with lease %d"
              .formatted(claimed.fence(), fence));
    }
    if (lease.isEmpty() || claimed.fence() > fence) {
      return Optional.of("lease %d is not in force".formatted(claimed.fence()));
    }
    return lease.get().isOf(holder, claimed.mount())
        ? Optional.empty()
        : Optional.of("lease %d belongs to another mount".formatted(claimed.fence()));
  }

  /// Stores the volume in the place of what was found.
  void store(Transaction transaction, VolumeRef ref, Optional<Found> before) throws IOException {
    try (var content = Secret.taking(encode())) {
      if (before.isPresent()) {
        transaction.volumes().replace(before.get().row(), content);
      } else {
        transaction.volumes().add(ref.session().value(), ref.name(), content);
      }
    }
  }

  private byte[] encode() {
    var json = new JsonBuilder().put("generation", generation);
    position.ifPresent(known -> json.put("position", known.json()));
    json.put("fence", fence);
    lease.ifPresent(
        held ->
            json.put(
                "lease",
                new JsonBuilder()
                    .put("service", held.service())
                    .put("holder", held.holder())
                    .put("mount", held.mount())
                    .put("since", held.since().toString())
                    .put("expires", held.expires().toString())
                    .put("free", held.isFree())
                    .build()));
    return Json.write(json.put("logged", logged.toString()).build());
  }

  static StoredVolume of(VolumeRow row) throws MessageException {
    var fields =
        row.content().revealOrThrow(bytes -> JsonMembers.read(bytes, LIMIT, "stored volume"));
    var volume =
        new StoredVolume(
            fields.text("generation"),
            fields.has("position")
                ? Optional.of(StoredTag.read(fields.object("position")))
                : Optional.empty(),
            fields.natural("fence"),
            fields.has("lease") ? Optional.of(lease(fields.object("lease"))) : Optional.empty(),
            fields.instant("logged"));
    fields.done();
    return volume;
  }

  private static Lease lease(JsonMembers fields) throws MessageException {
    var lease =
        new Lease(
            fields.text("service"),
            fields.text("holder"),
            fields.text("mount"),
            fields.instant("since"),
            fields.instant("expires"),
            fields.bool("free"));
    fields.done();
    return lease;
  }
}
