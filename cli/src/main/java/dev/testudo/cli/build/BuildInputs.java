package dev.testudo.cli.build;

import dev.testudo.image.oci.Digest;
import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.util.List;

/// What a manifest says about its image, as a hash. If it changes, the image must be built anew.
/// The content of files does not count: a developer decides when their change becomes a version.
public final class BuildInputs {
  private BuildInputs() {}

  /// Returns the hash of a `build` section.
  public static String hash(Build build) {
    var json =
        new JsonBuilder()
            .put("name", build.name().value())
            .put("kind", build.base().kind().toString())
            .put("from", build.base().from().map(Text::value))
            .put("pwd", build.program().pwd().map(pwd -> pwd.text().value()))
            .put("user", build.program().user().map(Text::value))
            .put("copy", values(build.files().copy()))
            .put("plain", values(build.files().plain()))
            .put("dirs", values(build.files().encrypted()))
            .put("host_paths", values(build.files().host()))
            .put("requirements", build.steps().requirements().map(Text::value))
            .put("run", values(build.steps().run()))
            .put("stable", build.stable().map(Text::value));
    var authenticated = build.files().authenticated();
    if (!authenticated.all().isEmpty()) {
      json.put("fs_dirs", values(authenticated.folders()))
          .put("fs_files", values(authenticated.files()));
    }
    return Digest.of(Json.write(json.build())).hex();
  }

  private static List<String> values(List<Text> texts) {
    return texts.stream().map(Text::value).toList();
  }
}
