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
import dev.testudo.policy.session.AccessPolicy.Signer;
import dev.testudo.policy.session.Party;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import dev.testudo.trust.pki.TrustAnchors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the keys behind the entries of a session's access policy, and decides whether given keys
/// satisfy a rule. An entry that names no key admits nobody.
final class Access {
  private static final String CREATOR = "CREATOR";

  private final Registered session;
  private final SessionSecrets secrets;

  Access(Registered session, SessionSecrets secrets) {
    this.session = session;
    this.secrets = secrets;
  }

  /// Returns true if the holders of `keys` satisfy the rule together.
  boolean satisfies(Rule rule, Set<String> keys) throws IOException {
    return switch (rule) {
      case Anyone _ -> true;
      case Nobody _ -> false;
      case AnyOf(var principals) -> {
        for (var principal : principals) {
          if (!party(principal).supporters(keys).isEmpty()) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  /// Returns whose agreement the rule requires; empty if it requires nobody's.
  ///
  /// @param name the key of the rule in the policy
  Optional<Party> party(String name, Rule rule) throws IOException {
    return switch (rule) {
      case Anyone _ -> Optional.empty();
      case Nobody _ -> Optional.of(new Party.Several(name, 1, List.of()));
      case AnyOf(var principals) -> Optional.of(new Party.Several(name, 1, parties(principals)));
    };
  }

  private List<Party> parties(List<Principal> principals) throws IOException {
    var parties = new ArrayList<Party>();
    for (var principal : principals) {
      parties.add(party(principal));
    }
    return parties;
  }

  private Party party(Principal principal) throws IOException {
    return switch (principal) {
      case Creator _ -> new Party.One("CREATOR", creator());
      case KeyHolder(var base58) -> new Party.One("key", Optional.of(base58));
      case CertificateHolder(var pem) -> new Party.One("certificate", ofCertificate(pem.value()));
      case Signer(var pem) -> new Party.One("signer", ofPublicKey(pem.value()));
      case NamedBySecret(var placeholder) ->
          new Party.One(
              "$$SCONE::%s$$".formatted(placeholder.secret().value()),
              ofSecret(placeholder.secret()));
      case Quorum(var count, var members) ->
          new Party.Several(
              count == members.size() ? "require-all" : "require-at-least-" + count,
              count,
              parties(members));
    };
  }

  private Optional<String> creator() {
    return Optional.of(session.row().creator());
  }

  private Optional<String> ofSecret(SecretName name) throws IOException {
    try {
      return switch (secrets.value(name)) {
        case SecretValue.CertificateValue certificate ->
            Optional.of(KeyHash.of(certificate.certificate()).text());
        case SecretValue.Ascii(var text) -> text.reveal(this::ofText);
        case SecretValue _ -> Optional.empty();
      };
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  private Optional<String> ofText(byte[] text) {
    var name = new String(text, StandardCharsets.UTF_8).strip();
    return name.equals(CREATOR) ? creator() : KeyHash.parse(name).map(KeyHash::text);
  }

  private static Optional<String> ofCertificate(String pem) {
    try {
      return Optional.of(KeyHash.of(TrustAnchors.fromPem(pem).certificates().getFirst()).text());
    } catch (PkiException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> ofPublicKey(String pem) {
    try {
      return Optional.of(KeyHash.of(PublicKeys.fromPem(pem)).text());
    } catch (PkiException e) {
      return Optional.empty();
    }
  }
}
