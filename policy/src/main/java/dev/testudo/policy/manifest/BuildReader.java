package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.Build.Base;
import dev.testudo.policy.manifest.Build.Files;
import dev.testudo.policy.manifest.Build.Program;
import dev.testudo.policy.manifest.Build.Steps;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads the `build` section.
final class BuildReader {
  private final Problems problems;

  BuildReader(Problems problems) {
    this.problems = problems;
  }

  Optional<Build> read(Fields manifest) {
    return manifest
        .requiredNode("build")
        .flatMap(node -> Fields.of(node, "`build`", problems))
        .flatMap(this::build);
  }

  private Optional<Build> build(Fields fields) {
    var name = fields.requiredText("name");
    var kind = kind(fields);
    var to = fields.requiredText("to");
    var command = fields.requiredText("command").map(text -> MeshTemplate.parse(text, problems));
    var pwd = fields.text("pwd").map(text -> MeshTemplate.parse(text, problems));
    var from = fields.text("from");
    var steps =
        new Steps(fields.text("requirements"), fields.texts("run"), fields.texts("binaries"));
    var files = files(fields);
    fields.notSupportedYet("volumes");
    fields.withoutEffect("images are measured, not signed", "signature");
    fields.withoutEffect("not supported yet; only the new image will be accepted", "stable");
    fields.withoutEffect("reserved", "gen_policy");
    fields.noOthers();
    if (name.isEmpty() || kind.isEmpty() || to.isEmpty() || command.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Build(
            name.get(),
            to.get(),
            new Base(kind.get(), from),
            new Program(command.get(), pwd),
            steps,
            files));
  }

  private static Optional<BuildKind> kind(Fields fields) {
    fields.reportIfMissing("kind");
    return fields.choice("kind", BuildKind.texts(), BuildKind::parse);
  }

  private static Files files(Fields fields) {
    return new Files(
        fields.texts("copy"),
        fields.texts("dirs"),
        fields.texts("fs_dirs"),
        fields.texts("fs_files"),
        both(fields.texts("plains"), fields.texts("plain_files")),
        fields.texts("host_paths"));
  }

  private static List<Text> both(List<Text> first, List<Text> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
