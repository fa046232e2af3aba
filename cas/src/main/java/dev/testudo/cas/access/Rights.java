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

/// What sessions let callers do, by their access policies.
public final class Rights {
  private final SecretMaker maker;

  /// Some policies name callers by secrets, which `maker` has.
  public Rights(SecretMaker maker) {
    this.maker = maker;
  }

  /// What may be done with a session.
  public enum Right {
    /// See its text and what concerns it.
    READ,
    /// Replace it, and make or revoke tokens of its services.
    UPDATE,
    /// Register sessions in it.
    CREATE_SESSIONS;

    private AccessPolicy.Rule of(AccessPolicy policy) {
      return switch (this) {
        case READ -> policy.read();
        case UPDATE -> policy.update();
        case CREATE_SESSIONS -> policy.createSessions();
      };
    }

    /// The key in access policies.
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Whether `session` gives `caller` the right.
  public boolean has(Transaction transaction, Registered session, Right right, KeyHash caller)
      throws IOException, Refused {
    var access = new Access(session, maker.open(transaction, session), Optional.of(caller));
    return access.satisfies(right.of(session.session().accessPolicy()));
  }

  /// Refuses a caller to whom `session` does not give the right.
  public void demand(Transaction transaction, Registered session, Right right, KeyHash caller)
      throws IOException, Refused {
    if (!has(transaction, session, right, caller)) {
      throw new Refused(
          RefusalId.NOT_PERMITTED,
          "session `%s` does not give `%s` to key %s"
              .formatted(session.row().name(), right.text(), caller.text()));
    }
  }
}
