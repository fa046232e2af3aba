package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.List;
import java.util.Optional;

/// Reads who may import a volume.
record VolumeExportReader(SessionReferences references, Problems problems) {
  /// A session that may import a volume.
  private record Target(SessionName session, Optional<SessionHash> revision) {}

  /// Reads the exports of a volume.
  ///
  /// @param volume its name; absent if it has none
  List<Volume.Export> read(List<YamlNode> nodes, Optional<Text> volume) {
    return nodes.stream()
        .flatMap(node -> export(node, volume.map(Text::value).orElse("")).stream())
        .toList();
  }

  private Optional<Volume.Export> export(YamlNode node, String volume) {
    if (node instanceof Scalar scalar && !scalar.isNull()) {
      var text = scalar.located();
      return target(text)
          .map(
              to ->
                  new Volume.Export(
                      to.session(),
                      to.revision(),
                      UpdatePolicy.ROLLBACK_PROTECTED,
                      volume,
                      text.span()));
    }
    return Fields.of(node, VolumeKeys.EXPORT, problems).flatMap(f -> export(f, volume));
  }

  private Optional<Volume.Export> export(Fields fields, String volume) {
    fields.exclusive("to", "session");
    fields.exclusive("to", "session_hash");
    var target = fields.has("to") ? to(fields) : target(fields);
    var updates = fields.choice("update_policy", UpdatePolicy.texts(), UpdatePolicy::parse);
    var alias = fields.text("volume_alias").flatMap(text -> Names.volume(text, problems));
    fields.noOthers();
    return target.map(
        to ->
            new Volume.Export(
                to.session(),
                to.revision(),
                updates.orElse(UpdatePolicy.ROLLBACK_PROTECTED),
                alias.orElse(volume),
                fields.span()));
  }

  private Optional<Target> to(Fields fields) {
    fields.node("session");
    fields.node("session_hash");
    return fields
        .node("to")
        .flatMap(node -> Fields.of(node, VolumeKeys.TARGET, problems))
        .flatMap(
            inner -> {
              var target = target(inner);
              inner.noOthers();
              return target;
            });
  }

  private Optional<Target> target(Fields fields) {
    var namespace = fields.text("namespace");
    namespace.ifPresent(text -> reportNamespace(fields));
    var session = namespace.isPresent() ? fields.text("session") : fields.requiredText("session");
    var hash = fields.text("session_hash").flatMap(references::hash);
    if (references.remote(fields) || namespace.isPresent()) {
      return Optional.empty();
    }
    return session.flatMap(references::session).map(name -> new Target(name, hash));
  }

  private void reportNamespace(Fields fields) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                fields.spanOf("namespace"),
                "a volume cannot be exported to a namespace")
            .helped("write one export for each `session`"));
  }

  /// Reads an export that is only a text: the name of a session, or a reference in one line.
  private Optional<Target> target(Text text) {
    if (!SessionUrl.isOne(text)) {
      return references.session(text).map(name -> new Target(name, Optional.empty()));
    }
    var url = SessionUrl.parse(text, problems);
    if (url.isPresent() && url.get().isRemote()) {
      references.refuseRemote(text.span(), "an export to another CAS");
      return Optional.empty();
    }
    return url.flatMap(
        u ->
            references
                .absolute(u.session())
                .map(name -> new Target(name, u.hash().flatMap(references::hash))));
  }
}
