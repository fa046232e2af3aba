package dev.testudo.cas.session;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.KeyType;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.KeyMaterial;
import dev.testudo.policy.session.Session;
import java.util.ArrayList;

/// The limits of one session. They are checked before anything is generated for it.
final class SessionLimits {
  private static final int MOST_SECRETS = 512;
  private static final int MOST_SERVICES = 128;
  private static final int MOST_VOLUMES = 64;

  /// The most RSA keys in a session that no owner registers.
  private static final int STRANGERS_RSA_KEYS = 4;

  /// The most private keys that CAS generates for one session: of any type, and of RSA, which
  /// takes seconds each.
  private static final int MOST_KEYS = 64;

  private static final int MOST_RSA_KEYS = 8;

  /// The most bytes that CAS generates for one session, not counting keys and certificates.
  private static final int MOST_GENERATED_BYTES = 1 << 20;

  private SessionLimits() {}

  /// Refuses a session that exceeds a limit.
  ///
  /// @param byOwner true if an owner of CAS registers it
  static void demand(Session session, boolean byOwner) throws Refused {
    limit(session);
    if (!byOwner) {
      limitRsa(session);
    }
  }

  private static void limit(Session session) throws Refused {
    if (session.secrets().size() > MOST_SECRETS) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "a session may have %d secrets, this one has %d"
              .formatted(MOST_SECRETS, session.secrets().size()));
    }
    if (generatedBytes(session) > MOST_GENERATED_BYTES) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "CAS generates at most %d bytes for a session; this one asks for %d"
              .formatted(MOST_GENERATED_BYTES, generatedBytes(session)));
    }
    limitKeys(session);
    if (session.volumes().size() > MOST_VOLUMES) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "a session may have %d volumes, this one has %d"
              .formatted(MOST_VOLUMES, session.volumes().size()));
    }
    if (session.services().size() > MOST_SERVICES) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "a session may have %d services, this one has %d"
              .formatted(MOST_SERVICES, session.services().size()));
    }
  }

  /// Limits the RSA keys that callers other than owners may request: generating one takes about a
  /// second of processor time.
  private static void limitRsa(Session session) throws Refused {
    var ordered = session.secrets().stream().filter(SessionLimits::isGeneratedRsa).count();
    if (ordered > STRANGERS_RSA_KEYS) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "CAS generates at most %d RSA keys for a session that no owner registers, not %d"
              .formatted(STRANGERS_RSA_KEYS, ordered));
    }
  }

  private static boolean isGeneratedRsa(SecretDefinition secret) {
    return secret
            instanceof
            SecretDefinition.PrivateKey(_, SecretDefinition.KeyMaterial.Generated(var type, _))
        && (type == KeyType.RSA_2048 || type == KeyType.RSA_3072);
  }

  /// Returns the number of bytes that CAS would generate for a session. Computed before any
  /// of them is generated.
  private static long generatedBytes(Session session) {
    return session.secrets().stream()
        .mapToLong(
            secret ->
                switch (secret) {
                  case SecretDefinition.Ascii(_, SecretDefinition.Characters.Generated(var size)) ->
                      size;
                  case SecretDefinition.Binary(_, SecretDefinition.Bytes.Generated(var size)) ->
                      size;
                  case SecretDefinition _ -> 0;
                })
        .sum();
  }

  private static void limitKeys(Session session) throws Refused {
    var types = new ArrayList<KeyType>();
    for (var secret : session.secrets()) {
      if (secret instanceof SecretDefinition.PrivateKey(_, KeyMaterial.Generated generated)) {
        types.add(generated.type());
      } else if (secret instanceof SecretDefinition.PgpKey) {
        types.add(KeyType.ED25519);
      }
    }
    var rsa = types.stream().filter(t -> t == KeyType.RSA_2048 || t == KeyType.RSA_3072).count();
    if (types.size() > MOST_KEYS || rsa > MOST_RSA_KEYS) {
      throw new Refused(
          RefusalId.INVALID_SESSION,
          "CAS generates at most %d private keys for a session, %d of them RSA; this one asks for %d and %d"
              .formatted(MOST_KEYS, MOST_RSA_KEYS, types.size(), rsa));
    }
  }
}
