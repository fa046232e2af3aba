package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.AccessPolicy;
import dev.testudo.policy.session.Image;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Authority;
import dev.testudo.policy.session.SecretDefinition.Certificate;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SecretDefinition.Jwt;
import dev.testudo.policy.session.SecretDefinition.PublicKey;
import dev.testudo.policy.session.SecretDefinition.PublicKeyMaterial;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds secrets that nobody gets.
final class SecretsAreUsed {
  private final Set<SecretName> used = new HashSet<>();

  private SecretsAreUsed() {}

  static void check(Session session, Problems problems) {
    var uses = new SecretsAreUsed();
    uses.collect(session);
    for (var secret : session.secrets()) {
      var declaration = secret.declaration();
      if (!uses.used.contains(secret.name())
          && !isInStructure(session, secret.name())
          && declaration.exports().isEmpty()
          && !declaration.exportPublic()) {
        problems.add(
            Diagnostic.warning(
                    DiagnosticId.UNUSED_SECRET,
                    declaration.span(),
                    "secret `%s` is not used".formatted(secret.name()))
                .labelled("no service, other secret or session gets it")
                .helped("remove it, or use it as `$$SCONE::%s$$`".formatted(secret.name())));
      }
    }
  }

  /// Returns true if a placeholder anywhere in the text names the secret. What is inserted into the
  /// structure of a session leaves no trace in the model.
  private static boolean isInStructure(Session session, SecretName name) {
    return Pattern.compile(Pattern.quote("$$SCONE::" + name) + "[$:|.]")
        .matcher(session.source().text())
        .find();
  }

  private void collect(Session session) {
    session.services().forEach(service -> inTemplates(service.templates()));
    session
        .images()
        .forEach(image -> image.files().forEach(f -> inTemplates(f.content().stream().toList())));
    session.images().forEach(image -> inImage(image, session));
    inTemplates(session.security().templates());
    var access = session.accessPolicy();
    Stream.of(access.read(), access.update(), access.createSessions(), access.listSessions())
        .forEach(this::inRule);
    session.secrets().forEach(this::inSecret);
  }

  /// A file of the image may use each secret that the image provides.
  private void inImage(Image image, Session session) {
    session.secrets().stream()
        .map(SecretDefinition::name)
        .filter(image::provides)
        .forEach(used::add);
  }

  private void inTemplates(List<RuntimeTemplate> templates) {
    for (var template : templates) {
      template.placeholders().stream().map(Placeholder::secret).forEach(used::add);
    }
  }

  private void inRule(AccessPolicy.Rule rule) {
    if (rule instanceof AccessPolicy.AnyOf(var principals)) {
      principals.forEach(this::inPrincipal);
    }
  }

  private void inPrincipal(AccessPolicy.Principal principal) {
    if (principal instanceof AccessPolicy.NamedBySecret(var placeholder)) {
      used.add(placeholder.secret());
    } else if (principal instanceof AccessPolicy.Quorum(_, var principals)) {
      principals.forEach(this::inPrincipal);
    }
  }

  private void inSecret(SecretDefinition secret) {
    if (secret instanceof PublicKey(_, PublicKeyMaterial.Of(var key))) {
      used.add(key.name());
    } else if (secret instanceof Jwt(_, var request)) {
      used.add(request.signer().name());
    } else if (secret instanceof Certificate(_, var material)) {
      inMaterial(material);
    } else if (secret instanceof Authority(_, var material)) {
      inMaterial(material);
    }
  }

  private void inMaterial(CertificateMaterial material) {
    switch (material) {
      case CertificateMaterial.Issued(var key, var issuer, _) -> {
        used.add(key.name());
        issuer.ifPresent(i -> used.add(i.name()));
      }
      case CertificateMaterial.Given(_, var key) -> key.ifPresent(k -> used.add(k.name()));
    }
  }
}
