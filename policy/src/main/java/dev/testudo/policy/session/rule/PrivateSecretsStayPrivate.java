package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.Ascii;
import dev.testudo.policy.session.SecretDefinition.Authority;
import dev.testudo.policy.session.SecretDefinition.Binary;
import dev.testudo.policy.session.SecretDefinition.Certificate;
import dev.testudo.policy.session.SecretDefinition.Fragment;
import dev.testudo.policy.session.SecretDefinition.Imported;
import dev.testudo.policy.session.SecretDefinition.Jwt;
import dev.testudo.policy.session.SecretDefinition.PgpKey;
import dev.testudo.policy.session.SecretDefinition.PrivateKey;
import dev.testudo.policy.session.SecretDefinition.PublicKey;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.List;

/// Checks that private values are not published.
public final class PrivateSecretsStayPrivate {
  private PrivateSecretsStayPrivate() {}

  static void check(Session session, Problems problems) {
    check(session.secrets(), problems);
  }

  /// Warns about each secret with a private value that anyone may read.
  public static void check(List<SecretDefinition> secrets, Problems problems) {
    for (var secret : secrets) {
      if (secret.declaration().exportPublic() && isPrivate(secret)) {
        problems.add(
            Diagnostic.warning(
                    DiagnosticId.INSECURE_SETTING,
                    secret.declaration().span(),
                    "anyone may read secret `%s`".formatted(secret.name()))
                .labelled("`export_public` publishes its value")
                .helped("export it to the sessions that need it"));
      }
    }
  }

  private static boolean isPrivate(SecretDefinition secret) {
    return switch (secret) {
      case Ascii _, Binary _, PrivateKey _, PgpKey _, Jwt _ -> true;
      case PublicKey _, Certificate _, Authority _, Fragment _, Imported _ -> false;
    };
  }
}
