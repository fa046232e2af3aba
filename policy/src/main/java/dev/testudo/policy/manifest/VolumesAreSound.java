package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.DeclaredVolumes;
import dev.testudo.policy.session.rule.MountsHaveTheirOwnPlace;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.stream.Stream;

/// Checks that the volumes of a manifest are valid definitions of the session language, as far as
/// that is known without the mesh.
final class VolumesAreSound {
  /// Stands for the session that the service will get.
  private static final SessionName SOME_SESSION = new SessionName("namespace/service");

  private VolumesAreSound() {}

  static void check(ServiceManifest manifest, Problems problems) {
    var secrets =
        Stream.concat(
                manifest.secrets().defined().stream().map(Fragment::name),
                manifest.secrets().imported().stream())
            .map(Text::value)
            .toList();
    var nodes = manifest.build().volumes();
    var found = new Problems();
    var mounts = DeclaredVolumes.read(nodes, ManifestKeys.VOLUME, SOME_SESSION, secrets, found);
    var files = manifest.injectionFiles().stream().map(file -> file.path().value()).toList();
    MountsHaveTheirOwnPlace.check(mounts, files, found);
    CertainProblems.add(found, nodes, problems);
  }
}
