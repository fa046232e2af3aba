package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.MeshPolicy.Fragments;
import dev.testudo.policy.session.IgnoredAdvisory;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.Names;
import dev.testudo.policy.session.read.PlatformTermsReader;
import dev.testudo.policy.session.read.Weaknesses;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads the `policy` section of a Meshfile.
record PolicyReader(Problems problems) {

  MeshPolicy read(Fields mesh) {
    var section =
        mesh.requiredNode("policy").flatMap(node -> Fields.of(node, MeshKeys.POLICY, problems));
    if (section.isEmpty()) {
      return new MeshPolicy(
          SessionName.ROOT, mesh.span(), PlatformTerms.DEFAULT, List.of(), Fragments.NONE);
    }
    var fields = section.get();
    var text = fields.requiredText("namespace");
    var namespace = text.flatMap(name -> Names.session(name, problems));
    var span = text.map(Text::span).orElseGet(fields::span);
    checkExclusive(fields);
    var terms = terms(fields);
    var machines = new MachineReader(problems).read(fields);
    var fragments =
        new Fragments(
            fragment(fields, "access_policy"),
            fragment(fields, "attestation_policy"),
            fragment(fields, "security_policy"));
    fields.notSupportedYet("maa");
    checkImageNamespace(fields, text);
    fields.noOthers();
    reportRoot(text);
    return new MeshPolicy(namespace.orElse(SessionName.ROOT), span, terms, machines, fragments);
  }

  /// Reports keys for what a fragment of somebody else says.
  private static void checkExclusive(Fields fields) {
    fields.exclusive("security_policy_name", "attestation_policy_name");
    for (var fragment : List.of("security_policy_name", "attestation_policy_name")) {
      MeshKeys.PLATFORM_TERMS.forEach(key -> fields.exclusive(fragment, key.name()));
    }
  }

  private PlatformTerms terms(Fields fields) {
    var tolerated = Weaknesses.tolerances(separated(fields.texts("tolerate")), problems);
    var ignored =
        fields.list("ignore_advisories").stream().flatMap(node -> advisories(node)).toList();
    return new PlatformTermsReader(problems).read(fields, tolerated, ignored);
  }

  /// Returns the advisories of an item: those of a text with commas, or that of a mapping.
  private Stream<IgnoredAdvisory> advisories(YamlNode item) {
    return item instanceof Scalar scalar && !scalar.isNull()
        ? separated(scalar.located()).map(id -> Weaknesses.advisory(id, problems))
        : Weaknesses.advisories(List.of(item), problems).stream();
  }

  /// Reads `SESSION` or `SESSION:SECRET`. The secret is called like the part that it stands for if
  /// the text does not name it.
  private Optional<ForeignFragment> fragment(Fields fields, String part) {
    var text = fields.text(part + "_name");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var colon = text.get().value().indexOf(':');
    var end = colon < 0 ? text.get().value().length() : colon;
    var session = Names.session(part(text.get(), 0, end), problems);
    var secret =
        colon < 0
            ? SecretName.parse(part)
            : Names.secret(part(text.get(), colon + 1, text.get().value().length()), problems);
    return session.flatMap(owner -> secret.map(name -> new ForeignFragment(owner, name)));
  }

  private static Text part(Text text, int from, int to) {
    return new Text(text.value().substring(from, to), text.part(from, to));
  }

  /// Reports a namespace for the policies of images other than that of the application: images have
  /// no policies of their own.
  private void checkImageNamespace(Fields fields, Optional<Text> namespace) {
    var images = fields.peek("image_policy_namespace").map(Text::value);
    if (images.isPresent() && images.equals(namespace.map(Text::value))) {
      fields.text("image_policy_namespace");
    } else {
      fields.notSupportedYet("image_policy_namespace");
    }
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
    return texts.stream().flatMap(PolicyReader::separated).toList();
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
}
