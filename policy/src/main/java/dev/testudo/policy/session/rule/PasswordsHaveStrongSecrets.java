package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.PasswordSecret;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Ascii;
import dev.testudo.policy.session.SecretDefinition.Binary;
import dev.testudo.policy.session.SecretDefinition.Bytes;
import dev.testudo.policy.session.SecretDefinition.Characters;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.substitution.SecretKind;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks that one-time passwords come from secrets that nobody can guess: a `binary` secret in
/// Base32, or an `ascii` secret whose value is Base32. It must not be public. CAS checks a value of
/// another session when it uses it.
final class PasswordsHaveStrongSecrets {
  private PasswordsHaveStrongSecrets() {}

  static void check(Session session, Problems problems) {
    Stream.concat(
            session.security().oneTimePassword().stream(),
            session.services().stream().flatMap(s -> s.requirements().oneTimePassword().stream()))
        .map(PasswordSecret::template)
        .flatMap(template -> template.placeholders().stream())
        .forEach(placeholder -> check(session, placeholder, problems));
  }

  private static void check(Session session, Placeholder placeholder, Problems problems) {
    var secret = session.secret(placeholder.secret().value());
    var kind = session.kindOf(placeholder.secret());
    if (secret.filter(s -> s.declaration().exportPublic()).isPresent()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_SECRET,
                  placeholder.span(),
                  "secret `%s` cannot be behind one-time passwords".formatted(placeholder.secret()))
              .labelled("everybody may read it")
              .helped("remove `export_public` where it is defined"));
    } else if (kind.isPresent()) {
      check(placeholder, kind.get(), secret, problems);
    }
  }

  private static void check(
      Placeholder placeholder,
      SecretKind kind,
      Optional<SecretDefinition> secret,
      Problems problems) {
    var format = placeholder.format();
    if (kind != SecretKind.BINARY && kind != SecretKind.ASCII) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_SECRET,
                  placeholder.span(),
                  "secret `%s` cannot be behind one-time passwords".formatted(placeholder.secret()))
              .labelled("its kind is `%s`".formatted(kind))
              .helped("use a `binary` secret: `$$SCONE::name:base32nopad$$`"));
    } else if (kind == SecretKind.ASCII ? !format.isDefault() : !isBase32(format)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_FORMAT,
                  placeholder.span(),
                  "secret `%s` is not in Base32 here".formatted(placeholder.secret()))
              .helped(
                  "write `$$SCONE::%s%s$$`"
                      .formatted(
                          placeholder.secret(), kind == SecretKind.ASCII ? "" : ":base32nopad")));
    } else if (secret.filter(PasswordsHaveStrongSecrets::isGeneratedText).isPresent()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_SECRET,
                  placeholder.span(),
                  "secret `%s` is not Base32".formatted(placeholder.secret()))
              .labelled("generated text has other characters")
              .helped("use a `binary` secret: `$$SCONE::name:base32nopad$$`"));
    } else if (secret.isPresent()
        && secret.get() instanceof Ascii(_, Characters.Given(var value))
        && !PasswordSecret.isOne(value.value().strip())) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_SECRET,
                  placeholder.span(),
                  "secret `%s` is not Base32 of at least 128 bits".formatted(placeholder.secret()))
              .labelled("its value needs 26 characters from A to Z and 2 to 7")
              .helped("the value is at " + value.span().place()));
    } else if (secret.filter(PasswordsHaveStrongSecrets::isShort).isPresent()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_SECRET,
                  placeholder.span(),
                  "secret `%s` has fewer than 128 bits".formatted(placeholder.secret()))
              .helped("write `size: 20` where it is defined"));
    }
  }

  private static boolean isBase32(SecretFormat format) {
    return format == SecretFormat.BASE32 || format == SecretFormat.BASE32NOPAD;
  }

  private static boolean isGeneratedText(SecretDefinition secret) {
    return secret instanceof Ascii(_, Characters.Generated _);
  }

  private static boolean isShort(SecretDefinition secret) {
    return secret instanceof Binary(_, var bytes)
        && switch (bytes) {
          case Bytes.Generated(var size) -> size < PasswordSecret.MIN_BYTES;
          case Bytes.Given(var hex) -> hex.value().length() < 2 * PasswordSecret.MIN_BYTES;
        };
  }
}
