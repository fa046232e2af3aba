package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;

/// Finds volumes with a `tag_sync` of which no mount sends tags, because all are ephemeral.
final class TagsAreSynced {
  private TagsAreSynced() {}

  static void check(Session session, Problems problems) {
    for (var volume : session.volumes()) {
      if (volume.origin() instanceof Volume.Origin.Own own
          && own.terms().tagSyncAt().isPresent()
          && isOnlyEphemeral(session, volume)) {
        problems.add(unused(volume, own.terms().tagSyncAt().get()));
      }
    }
  }

  private static boolean isOnlyEphemeral(Session session, Volume volume) {
    var mounts =
        session.images().stream()
            .flatMap(image -> image.mounts().stream())
            .filter(mount -> mount.volume().equals(volume))
            .toList();
    return !mounts.isEmpty()
        && mounts.stream().allMatch(mount -> mount.updates() == UpdatePolicy.EPHEMERAL)
        && volume.exports().stream().allMatch(export -> export.updates() == UpdatePolicy.EPHEMERAL);
  }

  private static Diagnostic unused(Volume volume, Span at) {
    return Diagnostic.warning(DiagnosticId.WITHOUT_EFFECT, at, "`tag_sync` has no effect")
        .labelled(
            "volume `%s` is `ephemeral` wherever it is used, so it sends no tags"
                .formatted(volume.name()))
        .helped("remove it, or use another `update_policy`");
  }
}
