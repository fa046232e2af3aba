package dev.testudo.policy.manifest;

import dev.testudo.policy.session.read.Names;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.Optional;

/// Reads a Meshfile.
final class MeshReader {
  private final SourceFile source;
  private final Problems problems = new Problems();

  MeshReader(SourceFile source) {
    this.source = source;
  }

  Parsed<Mesh> read(YamlNode root) {
    var mesh = Fields.of(root, MeshKeys.MESH, problems).map(this::mesh);
    return problems.result(mesh::orElseThrow);
  }

  private Mesh mesh(Fields fields) {
    Headers.check(fields, "mesh", problems);
    fields.reportIfMissing("cas");
    var cas =
        fields.list("cas").stream()
            .flatMap(node -> new CasReader(problems).read(node).stream())
            .toList();
    SomeCasKeepsPolicies.check(cas, problems);
    var policy = new PolicyReader(problems).read(fields);
    var values = new ValueReader(problems).blocks(fields.list("env"));
    fields.reportIfMissing("services");
    var services =
        fields.list("services").stream().flatMap(node -> service(node).stream()).toList();
    var extraValues = fields.node("helm_extra_values");
    var repository = fields.node("repo").flatMap(this::repository);
    fields.notSupportedYet("extra_policies");
    fields.noOthers();
    Names.areDistinct("service", services.stream().map(MeshService::name).toList(), problems);
    BlocksNameServices.check(values, services, problems);
    EdgesNameServices.check(services, problems);
    KataGuestsAreSound.check(policy, services, problems);
    return new Mesh(source, cas, policy, values, services, repository, extraValues);
  }

  /// Reads `repo`. Its other keys say how SCONE's tools push.
  private Optional<Text> repository(YamlNode node) {
    var read = Fields.of(node, MeshKeys.REPOSITORY, problems);
    var destination = read.flatMap(fields -> fields.requiredText("destination"));
    read.ifPresent(
        fields -> {
          fields.withoutEffect(
              MeshKeys.ONLY_DESTINATION, "squash", "strip", "push", "config_id", "key_file");
          fields.noOthers();
        });
    return destination;
  }

  private Optional<MeshService> service(YamlNode node) {
    var read = Fields.of(node, MeshKeys.SERVICE, problems);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    var fields = read.get();
    var image = fields.requiredText("image");
    var name = fields.text("name").or(() -> image.map(MeshReader::nameOfImage));
    var valid = name.flatMap(text -> Names.service(text, problems));
    var values = new ValueReader(problems).values(fields.list("env"));
    var network = new NetworkReader(problems).read(fields);
    var base = fields.text("base");
    var secrets = fields.text("image_secrets");
    fields.withoutEffect("`apply` makes the chart of each service", "helm_chart");
    fields.notSupportedYet("image_policy");
    fields.noOthers();
    return valid.isEmpty() || image.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new MeshService(name.orElseThrow(), image.get(), values, network, base, secrets));
  }

  /// Returns the last part of an image's name, without tag and digest.
  private static Text nameOfImage(Text image) {
    var last = image.value().substring(image.value().lastIndexOf('/') + 1);
    return image.withValue(last.split("[:@]", 2)[0]);
  }
}
