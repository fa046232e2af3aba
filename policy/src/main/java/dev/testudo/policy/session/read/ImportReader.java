package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Declaration;
import dev.testudo.policy.session.SecretDefinition.Imported;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.Fields;
import java.util.Optional;

/// Reads a secret that is imported from another session.
final class ImportReader {
  private final SessionName here;
  private final Problems problems;

  ImportReader(SessionName here, Problems problems) {
    this.here = here;
    this.problems = problems;
  }

  Optional<SecretDefinition> read(Fields fields, Declaration declaration) {
    var kind = fields.text("kind");
    var expected = kind.flatMap(text -> SecretKind.parse(text.value()));
    if (kind.isPresent() && expected.isEmpty()) {
      SecretKinds.reportUnsupported(kind.get(), problems);
    }
    // Existing policies often repeat the owner's definition of the secret here.
    fields.withoutEffect("its owner decides", "size", "key_type", "migrate", "private_key");
    fields.withoutEffect("its owner decides", "issuer", "common_name", "endpoint", "valid_for");
    fields.withoutEffect("its owner decides", "dns", "san");
    // That both exclude each other is reported already.
    fields.node("import_akv");
    var origin =
        fields.node("import").flatMap(node -> Fields.of(node, SecretKeys.IMPORT, problems));
    fields.noOthers();
    return origin.flatMap(o -> imported(o, declaration, expected));
  }

  private Optional<SecretDefinition> imported(
      Fields origin, Declaration declaration, Optional<SecretKind> expected) {
    var references = new SessionReferences(here, problems);
    var session = origin.requiredText("session");
    var hash = origin.text("session_hash").flatMap(references::hash);
    var original = origin.requiredText("secret").flatMap(text -> secret(text));
    var remote = references.remote(origin);
    origin.noOthers();
    var from = remote ? Optional.<SessionName>empty() : session.flatMap(references::session);
    return from.flatMap(f -> original.map(o -> new Imported(declaration, f, hash, o, expected)));
  }

  private Optional<SecretName> secret(Text text) {
    return Names.secret(text, problems);
  }
}
