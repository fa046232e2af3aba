package dev.testudo.cas.access;

import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.AccessPolicy;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// Decides what callers may do with sessions, by the sessions' access policies.
public final class Rights {
  private final SecretMaker maker;

  /// Creates the rights. `maker` provides the secrets by which some policies name callers.
  public Rights(SecretMaker maker) {
    this.maker = maker;
  }

  /// A right that an access policy grants.
  public enum Right {
    /// Read the session's text, its tokens and its refusals.
    READ,
    /// Replace the session, and create or revoke join tokens of its services.
    UPDATE,
    /// Register sessions in this session's namespace.
    CREATE_SESSIONS;

    private AccessPolicy.Rule of(AccessPolicy policy) {
      return switch (this) {
        case READ -> policy.read();
        case UPDATE -> policy.update();
        case CREATE_SESSIONS -> policy.createSessions();
      };
    }

    /// Returns the key in access policies.
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Returns true if `session` grants `caller` the right.
  public boolean has(Transaction transaction, Registered session, Right right, KeyHash caller)
      throws IOException, Refused {
    var access = new Access(session, maker.open(transaction, session), Optional.of(caller));
    return access.satisfies(right.of(session.session().accessPolicy()));
  }

  /// Checks that `session` grants `caller` the right.
  ///
  /// @throws Refused if it does not
  public void demand(Transaction transaction, Registered session, Right right, KeyHash caller)
      throws IOException, Refused {
    if (!has(transaction, session, right, caller)) {
      throw new Refused(
          RefusalId.NOT_PERMITTED,
          "session `%s` does not grant `%s` to key %s"
              .formatted(session.row().name(), right.text(), caller.text()));
    }
  }
}
