package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.stream.Collectors;

/// Finds volumes that no program sees: no image of the session names them, and no other session may
/// import them.
final class VolumesAreUsed {
  private VolumesAreUsed() {}

  static void check(Session session, Problems problems) {
    var seen =
        session.images().stream()
            .flatMap(image -> image.mounts().stream())
            .map(mount -> mount.volume().name())
            .collect(Collectors.toSet());
    for (var volume : session.volumes()) {
      if (volume.exports().isEmpty() && !seen.contains(volume.name())) {
        problems.add(unused(volume));
      }
    }
  }

  private static Diagnostic unused(Volume volume) {
    return Diagnostic.warning(
            DiagnosticId.UNUSED_VOLUME,
            volume.span(),
            "volume `%s` is not used".formatted(volume.name()))
        .labelled("no image names it, and no other session may import it")
        .helped("remove it, or add it to `volumes` of an image");
  }
}
