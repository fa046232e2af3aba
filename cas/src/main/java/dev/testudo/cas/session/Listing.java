package dev.testudo.cas.session;

import dev.testudo.cas.access.Ownership;
import dev.testudo.cas.access.Rights;
import dev.testudo.cas.access.Rights.Right;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Spelling;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Lists the sessions of a namespace for those whom `list_sessions` or `create_sessions` of its
/// session admits.
public final class Listing {
  /// The most names in one answer.
  public static final int MOST = 1000;

  private final Store store;
  private final Catalog catalog;
  private final Rights rights;
  private final Ownership ownership;

  /// Creates the service on top of `store`.
  ///
  /// @param ownership who may list the root namespace while it has no session
  public Listing(Store store, Catalog catalog, Rights rights, Ownership ownership) {
    this.store = store;
    this.catalog = catalog;
    this.rights = rights;
    this.ownership = ownership;
  }

  /// One part of a list.
  ///
  /// @param names the names, in the order of the alphabet
  /// @param more true if there are names after the last one
  public record Part(List<String> names, boolean more) {
    /// Copies the list.
    public Part {
      names = List.copyOf(names);
    }
  }

  /// Returns the names of the sessions directly in `namespace` that come after `after`.
  ///
  /// @throws Refused if the caller may not list them
  public Part of(SessionName namespace, Optional<SessionName> after, Caller caller)
      throws Refused, IOException {
    caller.requireKey();
    try {
      return store.read(transaction -> of(transaction, namespace, after, caller));
    } catch (Refused e) {
      store.note(caller, AuditEvent.Refused.of("list-session", namespace.value(), e));
      throw e;
    }
  }

  private Part of(
      Transaction transaction, SessionName namespace, Optional<SessionName> after, Caller caller)
      throws Refused, IOException {
    demand(transaction, namespace, caller);
    var names =
        names(transaction, namespace, caller.requireKey()).stream()
            .filter(name -> after.isEmpty() || name.compareTo(after.get().value()) > 0)
            .limit(MOST + 1L)
            .toList();
    return new Part(names.subList(0, Math.min(MOST, names.size())), names.size() > MOST);
  }

  private void demand(Transaction transaction, SessionName namespace, Caller caller)
      throws Refused, IOException {
    var key = caller.requireKey();
    if (mayList(transaction, namespace, key)) {
      return;
    }
    var session = catalog.active(transaction, namespace);
    if (session.isPresent()) {
      rights.demand(transaction, session.get(), Right.LIST_SESSIONS, key);
    }
    if (!namespace.equals(SessionName.ROOT)) {
      throw Sessions.unknown(namespace);
    }
    throw new Refused(
        RefusalId.NOT_PERMITTED,
        "only owners of this CAS may list top-level sessions; key %s is not an owner"
            .formatted(key));
  }

  private boolean mayList(Transaction transaction, SessionName namespace, KeyHash key)
      throws Refused, IOException {
    var session = catalog.active(transaction, namespace);
    if (session.isEmpty()) {
      return namespace.equals(SessionName.ROOT) && ownership.permits(key);
    }
    return rights.has(transaction, session.get(), Right.CREATE_SESSIONS, key)
        || rights.has(transaction, session.get(), Right.LIST_SESSIONS, key);
  }

  /// Returns the refusal for a session that does not exist. It names one that is spelled similarly
  /// if the caller may list it.
  Refused unknown(Transaction transaction, SessionName name, KeyHash caller)
      throws Refused, IOException {
    var namespace = name.namespace();
    if (namespace.isEmpty() || !mayList(transaction, namespace.get(), caller)) {
      return Sessions.unknown(name);
    }
    return Spelling.nearest(name.value(), names(transaction, namespace.get(), caller))
        .map(
            near ->
                new Refused(
                    RefusalId.UNKNOWN_SESSION,
                    "there is no session `%s`; did you mean `%s`?".formatted(name, near)))
        .orElse(Sessions.unknown(name));
  }

  /// Returns the names in `namespace` that the holder of `key` may see. Where anybody may create
  /// top-level sessions, each sees their own.
  private List<String> names(Transaction transaction, SessionName namespace, KeyHash key)
      throws IOException {
    var all =
        !namespace.equals(SessionName.ROOT)
            || ownership.owners().contains(key)
            || catalog.active(transaction, namespace).isPresent();
    return (all ? transaction.sessions() : transaction.sessions(key.text()))
        .stream()
            .flatMap(name -> SessionName.parse(name).stream())
            .filter(name -> name.namespace().filter(namespace::equals).isPresent())
            .sorted()
            .map(SessionName::value)
            .toList();
  }
}
