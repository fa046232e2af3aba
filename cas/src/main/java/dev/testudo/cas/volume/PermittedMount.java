package dev.testudo.cas.volume;

import dev.testudo.cas.attestation.AttestedInstances;
import dev.testudo.cas.issue.FilesKeys;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.VolumeAccess;
import dev.testudo.trust.channel.VolumeRef;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A volume as the present policies show it to a service.
///
/// @param updates what the service may do with it, by the policies of its session and of the owner
/// @param given the tag that the policy of the owner gives it
record PermittedMount(
    UpdatePolicy updates, VolumeTerms terms, String generation, Optional<StoredTag> given) {

  /// Finds a volume among those of a service.
  ///
  /// @throws Refused if the service has no such volume, or it is not available now
  static PermittedMount of(
      Transaction transaction,
      SecretMaker maker,
      AttestedInstances.Accepted instance,
      VolumeRef wanted)
      throws Refused, IOException {
    var keys = new FilesKeys(maker.peek(transaction, instance.session()));
    var mounts = instance.service().image().map(Image::mounts).orElse(List.of());
    Optional<Refused> unavailable = Optional.empty();
    for (var mount : mounts) {
      // The key of a volume that is not wanted may not be available.
      if (mayBe(mount.volume(), instance, wanted)) {
        try {
          var found = of(keys.access(mount), wanted);
          if (found.isPresent()) {
            return found.get();
          }
        } catch (Refused e) {
          unavailable = Optional.of(e);
        }
      }
    }
    throw unavailable.orElseGet(
        () ->
            new Refused(
                RefusalId.UNKNOWN_VOLUME,
                "service `%s` has no volume `%s` of session `%s`"
                    .formatted(instance.id(), wanted.name(), wanted.session())));
  }

  private static Optional<PermittedMount> of(VolumeAccess access, VolumeRef wanted) {
    try (var _ = access.key().key()) {
      var given = access.key().tag().map(tag -> new StoredTag(OptionalLong.empty(), tag));
      return access.volume().equals(wanted)
          ? Optional.of(
              new PermittedMount(
                  access.updates(), access.terms(), Generation.of(access.key()), given))
          : Optional.empty();
    }
  }

  private static boolean mayBe(
      Volume volume, AttestedInstances.Accepted instance, VolumeRef wanted) {
    return switch (volume.origin()) {
      case Volume.Origin.Own _ ->
          volume.name().equals(wanted.name())
              && instance.session().session().name().equals(wanted.session());
      case Volume.Origin.Imported imported -> imported.from().equals(wanted.session());
    };
  }

  boolean isFree() {
    return updates == UpdatePolicy.NO_ROLLBACK_PROTECTION;
  }

  boolean isEphemeral() {
    return updates == UpdatePolicy.EPHEMERAL;
  }

  boolean isRefusedWhileHeld() {
    return terms.takeover() == VolumeTerms.Takeover.REFUSE;
  }
}
