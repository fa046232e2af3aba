package dev.testudo.cas.access;

import dev.testudo.cas.catalog.Registered;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.AccessPolicy;
import dev.testudo.policy.session.Party;
import dev.testudo.trust.approval.Requirement;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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
    CREATE_SESSIONS,
    /// List the sessions of this session's namespace.
    LIST_SESSIONS;

    private AccessPolicy.Rule of(AccessPolicy policy) {
      return switch (this) {
        case READ -> policy.read();
        case UPDATE -> policy.update();
        case CREATE_SESSIONS -> policy.createSessions();
        case LIST_SESSIONS -> policy.listSessions();
      };
    }

    /// Returns the key in access policies.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Returns true if `session` grants `caller` the right. If its access policy is not known now, it
  /// grants nothing.
  public boolean has(Transaction transaction, Registered session, Right right, KeyHash caller)
      throws IOException {
    try {
      return grants(transaction, session, right, caller);
    } catch (Refused e) {
      return false;
    }
  }

  private boolean grants(Transaction transaction, Registered session, Right right, KeyHash caller)
      throws IOException, Refused {
    var completed = maker.completed(transaction, session);
    return access(transaction, completed)
        .satisfies(right.of(completed.session().accessPolicy()), Set.of(caller.text()));
  }

  /// Checks that `session` grants `caller` the right.
  ///
  /// @throws Refused if it does not, or if its access policy is not known now
  public void demand(Transaction transaction, Registered session, Right right, KeyHash caller)
      throws IOException, Refused {
    demand(transaction, session, right, new Consenting(caller, Set.of()));
  }

  /// Checks that `session` grants the right to those who agree to a change.
  ///
  /// @return the signers whose agreement counted, sorted
  /// @throws Refused if it does not
  public List<String> demand(
      Transaction transaction, Registered session, Right right, Consenting who)
      throws IOException, Refused {
    var completed = maker.completed(transaction, session);
    var rule = right.of(completed.session().accessPolicy());
    var access = access(transaction, completed);
    var keys = who.keys();
    if (access.satisfies(rule, keys)) {
      var party = who.signers().isEmpty() ? Optional.<Party>empty() : access.party("", rule);
      return party.map(p -> who.signersAmong(p.supporters(keys))).orElse(List.of());
    }
    throw new Refused(
        RefusalId.NOT_PERMITTED,
        "session `%s` does not grant `%s` to key %s"
            .formatted(session.row().name(), right.text(), who.caller().text()),
        missing(transaction, session, right, who));
  }

  /// Returns what is missing for the right, one line for each entry, if the caller may read the
  /// session, or the rule needs several and names this one.
  private List<String> missing(
      Transaction transaction, Registered session, Right right, Consenting who)
      throws IOException, Refused {
    var requirement = requirement(transaction, session, right, who);
    if (requirement.isEmpty()) {
      return List.of();
    }
    var isReader = right != Right.READ && has(transaction, session, Right.READ, who.caller());
    var isNamed = requirement.get().isShared() && requirement.get().names(who.caller().text());
    return isReader || isNamed ? requirement.get().lines() : List.of();
  }

  /// Returns true if `caller` may know who must agree: readers of the session may, and those whom
  /// the rule names.
  public boolean mayKnow(
      Transaction transaction, Registered session, Requirement requirement, KeyHash caller)
      throws IOException, Refused {
    return requirement.names(caller.text()) || has(transaction, session, Right.READ, caller);
  }

  /// Returns whose agreement the right requires and who agrees; empty if everybody has the right.
  public Optional<Requirement> requirement(
      Transaction transaction, Registered session, Right right, Consenting who)
      throws IOException, Refused {
    var completed = maker.completed(transaction, session);
    return access(transaction, completed)
        .party(right.text(), right.of(completed.session().accessPolicy()))
        .map(party -> Requirement.of(party, who.keys()));
  }

  /// Returns the hashes of the keys that the rule of a right names, or `ANY` for everybody.
  public Set<String> named(Transaction transaction, Registered session, Right right)
      throws IOException, Refused {
    return access(transaction, session)
        .party(right.text(), right.of(session.session().accessPolicy()))
        .map(Party::keys)
        .orElse(Set.of("ANY"));
  }

  private Access access(Transaction transaction, Registered session) throws IOException, Refused {
    return new Access(session, maker.open(transaction, session));
  }
}
