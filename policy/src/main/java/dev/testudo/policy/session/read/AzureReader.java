package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.yaml.Fields;
import java.util.List;

/// Reads secrets that concern Azure: `import_akv` and the kind `aad-token`. CAS calls no cloud
/// service, so each such secret is refused with one diagnostic. Its other keys are checked all the
/// same, but nothing is demanded of them.
final class AzureReader {
  /// The kind of a secret with which a key vault is opened.
  static final String TOKEN_KIND = "aad-token";

  /// The keys that kinds of secrets have. The key vault decides them, so they are not read.
  private static final List<String> OF_KINDS =
      List.of(
          "size",
          "key_type",
          "migrate",
          "private_key",
          "issuer",
          "common_name",
          "endpoint",
          "valid_for",
          "dns",
          "san");

  private final SecretReader secrets;
  private final Problems problems;

  AzureReader(SecretReader secrets, Problems problems) {
    this.secrets = secrets;
    this.problems = problems;
  }

  /// Reads a secret with `import_akv`.
  void imported(Fields secret) {
    refuse(secret.spanOf("import_akv"), "`import_akv` is not supported", "from a key vault");
    secret.exclusive("value", "import_akv");
    secret.node("value");
    secret
        .text("kind")
        .filter(kind -> !kind.value().equals(TOKEN_KIND))
        .filter(kind -> SecretKind.parse(kind.value()).isEmpty())
        .ifPresent(kind -> SecretKinds.reportUnsupported(kind, problems));
    OF_KINDS.forEach(secret::node);
    secret
        .node("import_akv")
        .flatMap(node -> Fields.of(node, SecretKeys.VAULT, problems))
        .ifPresent(this::vault);
    secret.noOthers();
  }

  private void vault(Fields vault) {
    vault.text("vault");
    vault.text("secret_name");
    vault.text("token").ifPresent(this::reference);
    vault.text("decryption_key").ifPresent(this::reference);
    vault.noOthers();
  }

  private void reference(Text text) {
    RuntimeTemplate.parse(text, secrets.names(), problems);
  }

  /// Reads a secret of the kind `aad-token`.
  void token(Fields secret, Text kind) {
    refuse(kind.span(), "secrets of kind `aad-token` are not supported", "for a key vault");
    secret.exclusive("application_secret", "private_key");
    secret.exclusive("application_secret", "certificate_thumbprint");
    secret.text("tenant_id");
    secret.text("client_id");
    secret.text("certificate_thumbprint");
    secret.text("application_secret");
    secret
        .text("private_key")
        .ifPresent(key -> secrets.reference(key, SecretDefinition.Key.class, "a private key"));
    secret.noOthers();
  }

  private void refuse(Span span, String message, String label) {
    problems.add(
        Diagnostic.error(DiagnosticId.NOT_SUPPORTED_YET, span, message)
            .labelled(label)
            .helped(
                "CAS calls no cloud service; let CAS generate the value, or write it as `value`"));
  }
}
