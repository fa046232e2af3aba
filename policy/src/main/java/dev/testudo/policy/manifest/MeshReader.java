package dev.testudo.policy.manifest;

import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.Names;
import dev.testudo.policy.session.read.Weaknesses;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a Meshfile.
final class MeshReader {
  static final List<String> ROLES = List.of("cas", "image", "security", "access", "attestation");

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
    var cas = fields.list("cas").stream().flatMap(node -> cas(node).stream()).toList();
    SomeCasKeepsPolicies.check(cas, problems);
    var policy = policy(fields);
    var values = new ValueReader(problems).blocks(fields.list("env"));
    fields.reportIfMissing("services");
    var services =
        fields.list("services").stream().flatMap(node -> service(node).stream()).toList();
    fields.withoutEffect("no Helm chart is made", "helm_extra_values");
    fields.withoutEffect("not supported yet", "repo");
    fields.notSupportedYet("extra_policies");
    fields.noOthers();
    Names.areDistinct("service", services.stream().map(MeshService::name).toList(), problems);
    BlocksNameServices.check(values, services, problems);
    EdgesNameServices.check(services, problems);
    return new Mesh(source, cas, policy, values, services);
  }

  private Optional<CasInstance> cas(YamlNode node) {
    var read = Fields.of(node, MeshKeys.CAS, problems);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    var fields = read.get();
    var name = fields.requiredText("name");
    var aliases = fields.texts("alias");
    name.ifPresent(role -> checkRole(role, "`name`"));
    aliases.forEach(role -> checkRole(role, "`alias`"));
    var url = fields.text("cas_url");
    fields.withoutEffect(
        "`apply` takes the key from `--cas-key` or `testudo cas attest`", "cas_key");
    fields.withoutEffect("CAS is known by its key alone", "tolerance");
    fields.withoutEffect("sessions are not encrypted before they are sent", "cas_encryption_key");
    UploadMode.check(fields, problems);
    fields.noOthers();
    return name.map(n -> new CasInstance(n, aliases, url));
  }

  private void checkRole(Text role, String key) {
    if (!ROLES.contains(role.value())) {
      problems.add(Fields.notAmong(role, key, ROLES));
    }
  }

  private MeshPolicy policy(Fields mesh) {
    var section =
        mesh.requiredNode("policy").flatMap(node -> Fields.of(node, MeshKeys.POLICY, problems));
    if (section.isEmpty()) {
      return new MeshPolicy(SessionName.ROOT, mesh.span(), Set.of(), Set.of());
    }
    var fields = section.get();
    var text = fields.requiredText("namespace");
    var namespace = text.flatMap(name -> Names.session(name, problems));
    var span = text.map(Text::span).orElseGet(fields::span);
    var tolerated = Weaknesses.tolerances(separated(fields.texts("tolerate")), problems);
    var advisories = Weaknesses.advisories(separated(fields.texts("ignore_advisories")), problems);
    fields.notSupportedYet(
        "access_policy_name",
        "attestation_policy_name",
        "security_policy_name",
        "image_policy_namespace",
        "maa");
    fields.noOthers();
    reportRoot(text);
    return new MeshPolicy(namespace.orElse(SessionName.ROOT), span, tolerated, advisories);
  }

  private void reportRoot(Optional<Text> namespace) {
    namespace
        .filter(text -> text.value().equals("/"))
        .ifPresent(
            text ->
                problems.add(
                    Diagnostic.error(
                        DiagnosticId.INVALID_NAME,
                        text.span(),
                        "the root namespace `/` cannot be an application")));
  }

  /// Splits texts at commas.
  private static List<Text> separated(List<Text> texts) {
    return texts.stream().flatMap(MeshReader::separated).toList();
  }

  private static Stream<Text> separated(Text text) {
    return Stream.of(text.value().split(","))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .map(
            part -> {
              var from = text.value().indexOf(part);
              return new Text(part, text.part(from, from + part.length()));
            });
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
    fields.withoutEffect("no Helm chart is made", "helm_chart");
    fields.notSupportedYet("image_policy", "image_secrets");
    fields.noOthers();
    return valid.isEmpty() || image.isEmpty()
        ? Optional.empty()
        : Optional.of(new MeshService(name.orElseThrow(), image.get(), values, network));
  }

  /// Returns the last part of an image's name, without tag and digest.
  private static Text nameOfImage(Text image) {
    var last = image.value().substring(image.value().lastIndexOf('/') + 1);
    return image.withValue(last.split("[:@]", 2)[0]);
  }
}
