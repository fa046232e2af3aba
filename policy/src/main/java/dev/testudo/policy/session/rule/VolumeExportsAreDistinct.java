package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.HashMap;
import java.util.Map;

/// Checks that no session could import two volumes under one name.
final class VolumeExportsAreDistinct {
  private record Exported(SessionName session, String name) {}

  private VolumeExportsAreDistinct() {}

  static void check(Session session, Problems problems) {
    Map<Exported, Volume> seen = new HashMap<>();
    for (var volume : session.volumes()) {
      for (var export : volume.exports()) {
        var earlier = seen.putIfAbsent(new Exported(export.session(), export.name()), volume);
        if (earlier != null && !earlier.equals(volume)) {
          problems.add(
              Diagnostic.error(
                      DiagnosticId.DUPLICATE_NAME,
                      export.span(),
                      "session `%s` could import two volumes as `%s`"
                          .formatted(export.session(), export.name()))
                  .labelled("the second one")
                  .helped(
                      "the first one is volume `%s`; give one of them another `volume_alias`"
                          .formatted(earlier.name())));
        }
      }
    }
  }
}
