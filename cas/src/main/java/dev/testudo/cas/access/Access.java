package dev.testudo.cas.access;

import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretValue;
import dev.testudo.cas.issue.SessionSecrets;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.AccessPolicy.AnyOf;
import dev.testudo.policy.session.AccessPolicy.Anyone;
import dev.testudo.policy.session.AccessPolicy.CertificateHolder;
import dev.testudo.policy.session.AccessPolicy.Creator;
import dev.testudo.policy.session.AccessPolicy.KeyHolder;
import dev.testudo.policy.session.AccessPolicy.NamedBySecret;
import dev.testudo.policy.session.AccessPolicy.Nobody;
import dev.testudo.policy.session.AccessPolicy.Principal;
import dev.testudo.policy.session.AccessPolicy.Quorum;
import dev.testudo.policy.session.AccessPolicy.Rule;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.TrustAnchors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Decides whether a caller satisfies a rule of a session's access policy. A principal that cannot
/// be resolved admits nobody.
final class Access {
  private static final String CREATOR = "CREATOR";

  private final Registered session;
  private final SessionSecrets secrets;
  private final Optional<KeyHash> caller;

  Access(Registered session, SessionSecrets secrets, Optional<KeyHash> caller) {
    this.session = session;
    this.secrets = secrets;
    this.caller = caller;
  }

  boolean satisfies(Rule rule) throws IOException {
    return switch (rule) {
      case Anyone _ -> true;
      case Nobody _ -> false;
      case AnyOf(var principals) -> {
        for (var principal : principals) {
          if (is(principal)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  private boolean is(Principal principal) throws IOException {
    return switch (principal) {
      case Creator _ -> hasKey(session.row().creator());
      case KeyHolder(var base58) -> hasKey(base58);
      case CertificateHolder(var pem) -> holds(pem.value());
      case NamedBySecret(var placeholder) -> isNamedBy(placeholder.secret());
      case Quorum(var count, var members) -> {
        // A request has one caller, so it never counts as more than one agreeing member.
        var agreeing = 0;
        for (var member : members) {
          if (is(member)) {
            agreeing = 1;
          }
        }
        yield agreeing >= count && count > 0;
      }
    };
  }

  private boolean isNamedBy(SecretName name) throws IOException {
    try {
      return switch (secrets.value(name)) {
        case SecretValue.CertificateValue certificate ->
            hasKey(KeyHash.of(certificate.certificate()).text());
        case SecretValue.Ascii(var text) -> text.reveal(this::isNamed);
        case SecretValue _ -> false;
      };
    } catch (Refused e) {
      return false;
    }
  }

  private boolean isNamed(byte[] text) {
    var name = new String(text, StandardCharsets.UTF_8).strip();
    return hasKey(name.equals(CREATOR) ? session.row().creator() : name);
  }

  private boolean holds(String pem) {
    try {
      var certificate = TrustAnchors.fromPem(pem).certificates().getFirst();
      return hasKey(KeyHash.of(certificate).text());
    } catch (PkiException e) {
      return false;
    }
  }

  private boolean hasKey(String base58) {
    return caller.isPresent() && caller.get().text().equals(base58);
  }
}
