package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Export;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
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
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      return export(scalar.located());
    }
    return Fields.of(node, SecretKeys.EXPORT, problems).flatMap(this::export);
  }

  /// Reads an export that is only a text: the name of a session, or a reference in one line.
  private Optional<Export> export(Text text) {
    if (!SessionUrl.isOne(text)) {
      return references.session(text).map(name -> new Export.ToSession(name, Optional.empty()));
    }
    var url = SessionUrl.parse(text, problems);
    if (url.isPresent() && url.get().isRemote()) {
      references.refuseRemote(text.span(), "an export to another CAS");
      return Optional.empty();
    }
    return url.flatMap(u -> references.absolute(u.session()).map(name -> local(u, name)));
  }

  private Export local(SessionUrl url, SessionName name) {
    return new Export.ToSession(name, url.hash().flatMap(references::hash));
  }

  private Optional<Export> export(Fields fields) {
    fields.exclusive("session", "namespace");
    fields.exclusive("session_hash", "namespace");
    var namespace = fields.text("namespace");
    var session = namespace.isPresent() ? fields.text("session") : fields.requiredText("session");
    var hash = fields.text("session_hash").flatMap(references::hash);
    var remote = references.remote(fields);
    fields.noOthers();
    if (remote) {
      return Optional.empty();
    }
    if (namespace.isPresent()) {
      return namespace.flatMap(references::session).map(Export.ToNamespace::new);
    }
    return session.flatMap(references::session).map(name -> new Export.ToSession(name, hash));
  }
}
