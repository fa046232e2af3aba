package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.Build.Base;
import dev.testudo.policy.manifest.Build.Files;
import dev.testudo.policy.manifest.Build.Program;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.Fields;
import java.util.Optional;

/// Reads the `build` section.
final class BuildReader {
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
    var kind = kind(fields);
    var to = fields.requiredText("to");
    var command = fields.requiredText("command").map(text -> MeshTemplate.parse(text, problems));
    var pwd = fields.text("pwd").map(text -> MeshTemplate.parse(text, problems));
    var from = fields.text("from");
    var files = new Files(fields.texts("copy"), fields.texts("host_paths"));
    withoutImageBuilding(fields);
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
            files));
  }

  /// Reports keys that only building an image would need. No image is built: the image consists of
  /// the files in `copy`, next to the programs of the machine. `dirs` asks for encryption, so it is
  /// an error rather than a warning: its files would otherwise stay in clear.
  private static void withoutImageBuilding(Fields fields) {
    fields.notSupportedYet("dirs");
    fields.withoutEffect(
        "images are not built; the program uses what this machine has", "requirements", "run");
    fields.withoutEffect("the program is the first word of `command`", "binaries");
    fields.withoutEffect("the image has what `copy` lists", "fs_dirs", "fs_files");
    fields.withoutEffect("the image has what `copy` lists", "plains", "plain_files");
  }

  private static Optional<BuildKind> kind(Fields fields) {
    fields.reportIfMissing("kind");
    return fields.choice("kind", BuildKind.texts(), BuildKind::parse);
  }
}
