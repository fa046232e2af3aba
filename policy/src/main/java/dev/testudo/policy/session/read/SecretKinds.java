package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.yaml.Fields;
import java.util.Arrays;
import java.util.List;

/// Reports kinds of secrets that are not supported.
final class SecretKinds {
  private static final List<String> OURS =
      Arrays.stream(SecretKind.values()).map(SecretKind::text).toList();

  private SecretKinds() {}

  static void reportUnsupported(Text kind, Problems problems) {
    if (kind.value().equals(AzureReader.TOKEN_KIND)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.NOT_SUPPORTED_YET,
                  kind.span(),
                  "secrets of kind `aad-token` are not supported")
              .helped("supported kinds: " + String.join(", ", OURS)));
    } else {
      problems.add(Fields.notAmong(kind, "`kind`", OURS));
    }
  }
}
