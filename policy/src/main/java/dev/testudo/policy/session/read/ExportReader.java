package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Export;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.List;
import java.util.Optional;

/// Reads who may import a secret.
final class ExportReader {
  private final SessionReferences references;
  private final Problems problems;

  ExportReader(SessionName session, Problems problems) {
    this.references = new SessionReferences(session, problems);
    this.problems = problems;
  }

  List<Export> read(Fields secret) {
    return secret.list("export").stream().flatMap(node -> export(node).stream()).toList();
  }

  private Optional<Export> export(YamlNode node) {
    if (node instanceof Scalar scalar) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.NOT_SUPPORTED_YET,
                  scalar.span(),
                  "exports written as one string are not supported yet")
              .helped("write `session: %s`".formatted(scalar.text())));
      return Optional.empty();
    }
    return Fields.of(node, "an export", problems).flatMap(this::export);
  }

  private Optional<Export> export(Fields fields) {
    fields.exclusive("session", "namespace");
    fields.exclusive("session_hash", "namespace");
    var namespace = fields.text("namespace");
    var session = namespace.isPresent() ? fields.text("session") : fields.requiredText("session");
    var hash = fields.text("session_hash").flatMap(references::hash);
    fields.notSupportedYet("cas_url", "cas_key", "cas_software_key");
    fields.noOthers();
    if (namespace.isPresent()) {
      return namespace.flatMap(references::session).map(Export.ToNamespace::new);
    }
    return session.flatMap(references::session).map(name -> new Export.ToSession(name, hash));
  }
}
