package dev.testudo.policy.session.read;

import dev.testudo.policy.session.JwtRequest;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.KeyMaterial;
import dev.testudo.policy.session.SecretDefinition.PrivateKey;
import dev.testudo.policy.session.ValidityPeriod;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the keys of a `jwt` secret.
final class JwtReader {
  private static final Duration USUAL = Duration.ofHours(24);
  private static final int MAX_CLAIMS = 64;
  private static final String ALGORITHM = "ES384";

  /// The claims that CAS adds itself.
  private static final Set<String> OF_CAS = Set.of("iat", "nbf", "exp");

  private final SecretReader secrets;
  private final Problems problems;

  JwtReader(SecretReader secrets, Problems problems) {
    this.secrets = secrets;
    this.problems = problems;
  }

  Optional<JwtRequest> read(Fields fields) {
    var signer =
        fields
            .requiredText("signer")
            .flatMap(
                text ->
                    secrets
                        .reference(text, SecretDefinition.Key.class, "a private key")
                        .filter(key -> canSign(key, text)));
    fields
        .text("alg")
        .filter(text -> !text.value().equals(ALGORITHM))
        .ifPresent(text -> problems.add(Fields.notAmong(text, "`alg`", List.of(ALGORITHM))));
    var validity =
        fields
            .node("validity")
            .flatMap(node -> Fields.of(node, SecretKeys.VALIDITY, problems))
            .flatMap(this::validity)
            .orElse(USUAL);
    var payload = fields.node("payload").map(this::payload).orElse(Map.of());
    return signer.map(key -> new JwtRequest(key, validity, payload));
  }

  private boolean canSign(SecretDefinition.Key key, Text reference) {
    if (key instanceof PrivateKey(_, KeyMaterial.Generated(var type, _)) && type != KeyType.P_384) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_SECRET,
                  reference.span(),
                  "`%s` cannot sign with ES384".formatted(reference.value()))
              .labelled("its `key_type` is `%s`".formatted(type))
              .helped("write `key_type: P-384` where it is defined"));
      return false;
    }
    return true;
  }

  private Optional<Duration> validity(Fields fields) {
    var period = fields.requiredText("for").flatMap(text -> ValidityPeriod.parse(text, problems));
    fields.noOthers();
    return period;
  }

  private Map<String, RuntimeTemplate> payload(YamlNode node) {
    var claims = new LinkedHashMap<String, RuntimeTemplate>();
    if (!(node instanceof Mapping(_, var entries)) || entries.size() > MAX_CLAIMS) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.WRONG_TYPE,
              node.span(),
              "`payload` has at most %d keys with a text each".formatted(MAX_CLAIMS)));
      return claims;
    }
    for (var entry : entries) {
      claim(entry).ifPresent(value -> claims.put(entry.key().text(), value));
    }
    return claims;
  }

  private Optional<RuntimeTemplate> claim(Entry entry) {
    var name = entry.key().text();
    if (OF_CAS.contains(name)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.CONFLICTING_KEYS,
                  entry.key().span(),
                  "CAS adds the claim `%s` itself".formatted(name))
              .helped("remove it; `validity: {for: 24h}` sets the lifetime"));
      return Optional.empty();
    }
    var text = Fields.text(entry.value(), "`%s`".formatted(name), problems);
    var value = text.map(t -> RuntimeTemplate.parse(t, secrets.names(), problems));
    if (value.isPresent() && !isWhole(value.get())) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MALFORMED_PLACEHOLDER,
                  entry.value().span(),
                  "a placeholder must be the whole value of a claim")
              .helped("put the text and the placeholder into two claims"));
    }
    return value;
  }

  private static boolean isWhole(RuntimeTemplate template) {
    return template.isOnePlaceholder()
        || template.parts().stream().allMatch(RuntimeTemplate.Literal.class::isInstance);
  }
}
