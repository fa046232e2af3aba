package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.FilesKey;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Binary;
import dev.testudo.policy.session.SecretDefinition.Bytes;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.substitution.SecretKind;
import java.util.stream.Stream;

/// Checks that the keys of protected files come from `binary` secrets of 32 bytes that are not
/// public. CAS checks the value of another session when it uses it.
final class FilesKeysAreSecret {
  private FilesKeysAreSecret() {}

  static void check(Session session, Problems problems) {
    Stream.concat(
            session.volumes().stream()
                .map(Volume::origin)
                .filter(Volume.Origin.Own.class::isInstance)
                .flatMap(origin -> ((Volume.Origin.Own) origin).key().stream()),
            session.services().stream().flatMap(s -> s.region().stream()).map(r -> r.key()))
        .map(FilesKey::template)
        .flatMap(template -> template.placeholders().stream())
        .forEach(placeholder -> check(session, placeholder, problems));
  }

  private static void check(Session session, Placeholder placeholder, Problems problems) {
    var secret = session.secret(placeholder.secret().value());
    var kind = session.kindOf(placeholder.secret());
    if (secret.filter(s -> s.declaration().exportPublic()).isPresent()) {
      problems.add(
          unsuitable(placeholder, "everybody may read it", "remove `export_public` there"));
    } else if (kind.isPresent() && kind.get() != SecretKind.BINARY) {
      problems.add(
          unsuitable(
              placeholder,
              "its kind is `%s`".formatted(kind.get()),
              "use a `binary` secret with `size: %d`".formatted(FilesKey.BYTES)));
    } else if (kind.isPresent() && !isRaw(placeholder.format())) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNSUITABLE_FORMAT,
                  placeholder.span(),
                  "secret `%s` is no key of files in this format".formatted(placeholder.secret()))
              .helped("write `$$SCONE::%s$$`".formatted(placeholder.secret())));
    } else if (secret.isPresent() && length(secret.get()) != FilesKey.BYTES) {
      problems.add(
          unsuitable(
              placeholder,
              "it has %d bytes".formatted(length(secret.get())),
              "write `size: %d` where it is defined".formatted(FilesKey.BYTES)));
    }
  }

  private static Diagnostic unsuitable(Placeholder placeholder, String label, String help) {
    return Diagnostic.error(
            DiagnosticId.UNSUITABLE_SECRET,
            placeholder.span(),
            "secret `%s` cannot be the key of files".formatted(placeholder.secret()))
        .labelled(label)
        .helped(help);
  }

  private static boolean isRaw(SecretFormat format) {
    return format == SecretFormat.DEFAULT
        || format == SecretFormat.BIN
        || format == SecretFormat.HEX;
  }

  /// Returns the length of a secret in bytes, or that of a key if it is not known.
  private static int length(SecretDefinition secret) {
    return secret instanceof Binary(_, var bytes)
        ? switch (bytes) {
          case Bytes.Generated(var size) -> size;
          case Bytes.Given(var hex) -> hex.value().length() / 2;
        }
        : FilesKey.BYTES;
  }
}
