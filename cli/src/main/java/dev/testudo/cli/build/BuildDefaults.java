package dev.testudo.cli.build;

import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The `build` section of a manifest with the values that Testudo takes for what is left out.
public final class BuildDefaults {
  private BuildDefaults() {}

  /// Returns the section as YAML, without the command, which may contain a secret. Lists that are
  /// empty, and what has no default, are left out.
  public static String of(Build build) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", build.name().value());
    all.put("kind", build.base().kind().toString());
    var from = build.base().from().map(Text::value).or(build.base().kind()::usualBase);
    all.put("from", from.orElse("")); // an image that starts from nothing
    all.put("to", build.to().value());
    build.program().pwd().ifPresent(pwd -> all.put("pwd", pwd.text().value()));
    build.program().user().ifPresent(text -> all.put("user", text.value()));
    put(all, "copy", build.files().copy());
    build.steps().requirements().ifPresent(text -> all.put("requirements", text.value()));
    put(all, "run", build.steps().run());
    put(all, "binaries", build.files().binaries());
    put(all, "fs_dirs", build.files().authenticated().folders());
    put(all, "fs_files", build.files().authenticated().files());
    put(all, "plain_files", build.files().plain());
    put(all, "dirs", build.files().encrypted());
    put(all, "host_paths", build.files().host());
    build.stable().ifPresent(text -> all.put("stable", text.value()));
    return YamlWriter.write(Map.of("build", all));
  }

  private static void put(Map<String, Object> all, String key, List<Text> values) {
    if (!values.isEmpty()) {
      all.put(key, values.stream().map(Text::value).toList());
    }
  }
}
