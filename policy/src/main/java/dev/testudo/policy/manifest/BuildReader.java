package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.Build.Authenticated;
import dev.testudo.policy.manifest.Build.Base;
import dev.testudo.policy.manifest.Build.Files;
import dev.testudo.policy.manifest.Build.Program;
import dev.testudo.policy.manifest.Build.Signature;
import dev.testudo.policy.manifest.Build.Steps;
import dev.testudo.policy.session.read.InjectionPath;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the `build` section.
final class BuildReader {
  /// A tag of the distribution-spec, or a tag and the digest that it should have.
  private static final Pattern TAG =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?");

  private final Problems problems;

  BuildReader(Problems problems) {
    this.problems = problems;
  }

  Optional<Build> read(Fields manifest) {
    return manifest
        .requiredNode("build")
        .flatMap(node -> Fields.of(node, ManifestKeys.BUILD, problems))
        .flatMap(this::build);
  }

  private Optional<Build> build(Fields fields) {
    var name = fields.requiredText("name");
    var kindAt = fields.spanOf("kind");
    var kind = kind(fields);
    var to = fields.requiredText("to");
    var command = fields.requiredText("command").map(text -> MeshTemplate.parse(text, problems));
    var pwd = fields.text("pwd").map(text -> MeshTemplate.parse(text, problems));
    var user = fields.text("user");
    var from = fields.text("from");
    var files = files(fields);
    var steps = new Steps(fields.text("requirements"), fields.texts("run"));
    var stable = fields.text("stable").filter(this::isTag);
    var signature = signature(fields);
    var volumes = volumes(fields);
    fields.withoutEffect("reserved", "gen_policy");
    fields.noOthers();
    if (name.isEmpty() || kind.isEmpty() || to.isEmpty() || command.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Build(
            name.get(),
            to.get(),
            new Base(kind.get(), kindAt, from),
            new Program(command.get(), pwd, user),
            files,
            steps,
            stable,
            signature,
            volumes));
  }

  /// Returns the volumes unchecked. `VolumesAreSound` checks them once the secrets are known.
  private List<Mapping> volumes(Fields fields) {
    var volumes = new ArrayList<Mapping>();
    for (var node : fields.list("volumes")) {
      if (node instanceof Mapping mapping) {
        volumes.add(mapping);
      } else {
        problems.add(Fields.noMapping(node, ManifestKeys.VOLUME.what()));
      }
    }
    return volumes;
  }

  private Files files(Fields fields) {
    return new Files(
        fields.texts("copy"),
        fields.texts("host_paths"),
        paths(fields, "binaries"),
        new Authenticated(paths(fields, "fs_dirs"), paths(fields, "fs_files")),
        paths(fields, "plains", "plain_files"),
        paths(fields, "dirs"));
  }

  /// Returns the absolute paths of several keys.
  private List<Text> paths(Fields fields, String... keys) {
    return Arrays.stream(keys)
        .flatMap(key -> fields.texts(key).stream())
        .filter(path -> InjectionPath.check(path, "a file of the image", problems))
        .toList();
  }

  private boolean isTag(Text text) {
    if (TAG.matcher(text.value()).matches()) {
      return true;
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                text.span(),
                "`%s` is not the tag of an image".formatted(text.quotable()))
            .helped("write a tag, as in `1.4`, or a tag and a digest, as in `1.4@sha256:…`"));
    return false;
  }

  private Optional<Signature> signature(Fields build) {
    return build
        .node("signature")
        .flatMap(node -> Fields.of(node, ManifestKeys.SIGNATURE, problems))
        .map(
            fields -> {
              var signature = new Signature(fields.flag("sign").orElse(true), fields.text("key"));
              fields.noOthers();
              return signature;
            });
  }

  private static Optional<BuildKind> kind(Fields fields) {
    fields.reportIfMissing("kind");
    return fields.choice("kind", BuildKind.texts(), BuildKind::parse);
  }
}
