package dev.testudo.cas.session;

import dev.testudo.cas.access.Ownership;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.quota.Quotas;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.cas.store.Held;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.AccessPolicy;
import dev.testudo.policy.session.OpenPlace;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Decides whether the quotas leave room for what is to be stored. Everything kept for a session
/// counts towards its creator. The decision is part of the transaction that stores.
public final class Allowance {
  private final Catalog catalog;
  private final Set<String> owners;
  private final Quotas quotas;

  /// Creates an allowance with the given quotas.
  public Allowance(Catalog catalog, Ownership ownership, Quotas quotas) {
    this.catalog = catalog;
    this.owners = ownership.owners().stream().map(KeyHash::text).collect(Collectors.toSet());
    this.quotas = quotas;
  }

  /// An operation that stores something.
  @FunctionalInterface
  public interface Storing<R> {
    /// Performs the operation.
    R now() throws Refused, IOException;
  }

  /// One quota that a session counts towards.
  ///
  /// @param whose the creators that the quota counts, as text for messages
  private record Share(
      Quotas.Who who, Quotas.Quota quota, String whose, Function<Transaction, Held> held) {
    /// Returns the refusal if the quota would be exceeded.
    ///
    /// @param sessions the number of sessions afterwards
    Optional<Refused> excess(Held now, long sessions, long bytes) {
      if (sessions > quota.sessions() && sessions > now.sessions()) {
        return Optional.of(refused("%d of %d sessions", now.sessions(), quota.sessions()));
      }
      if (bytes > quota.bytes() && bytes > now.bytes()) {
        return Optional.of(
            refused("%d of %d bytes, and this needs more", now.bytes(), quota.bytes()));
      }
      return Optional.empty();
    }

    private Refused refused(String what, long used, long most) {
      return new Refused(
          RefusalId.QUOTA_EXCEEDED,
          ("%s; delete sessions with `testudo session delete`, or have CAS started with a larger"
                  + " `--quota %s=SESSIONS,MIB`")
              .formatted(whose + " " + what.formatted(used, most), who.text()));
    }
  }

  /// Refuses early if there is no room for one more session with a text of the given size, before
  /// anything is generated for it.
  void demandRoom(Transaction transaction, SessionName name, String creator, long bytes)
      throws Refused, IOException {
    for (var share : shares(transaction, name, creator)) {
      var now = share.held().apply(transaction);
      var excess = share.excess(now, now.sessions() + 1, now.bytes() + bytes);
      if (excess.isPresent()) {
        throw excess.get();
      }
    }
  }

  /// Runs `storing` for session `name` and checks the quotas.
  ///
  /// @throws Refused if a quota is exceeded afterwards; a creator who already exceeds it may
  ///     still store less
  public <R> R within(Transaction transaction, SessionName name, String creator, Storing<R> storing)
      throws Refused, IOException {
    var shares = shares(transaction, name, creator);
    var before = shares.stream().map(share -> share.held().apply(transaction)).toList();
    var result = storing.now();
    for (var i = 0; i < shares.size(); i++) {
      var after = shares.get(i).held().apply(transaction);
      var excess = shares.get(i).excess(before.get(i), after.sessions(), after.bytes());
      if (excess.isPresent()) {
        throw excess.get();
      }
    }
    return result;
  }

  private List<Share> shares(Transaction transaction, SessionName name, String creator)
      throws IOException {
    var whole = owners.contains(creator) ? Quotas.Who.OWNER : Quotas.Who.KEY;
    var shares = new ArrayList<Share>();
    shares.add(share(whole, "key %s has".formatted(creator), t -> t.held(creator)));
    if (whole == Quotas.Who.OWNER) {
      return shares;
    }
    for (var above = name.namespace(); above.isPresent(); above = above.get().namespace()) {
      var namespace = catalog.active(transaction, above.get());
      if (namespace.isPresent()
          && mayBeOpen(namespace.get().session())
          && !namespace.get().row().creator().equals(creator)) {
        addOpen(shares, above.get(), namespace.get().row().creator(), creator);
      }
    }
    return shares;
  }

  /// Returns true if anybody may create sessions in a namespace, or if its policy, which contains
  /// placeholders, may say so.
  private static boolean mayBeOpen(Session namespace) {
    return namespace.isOpen(OpenPlace.Area.ACCESS_POLICY)
        || namespace.accessPolicy().createSessions() instanceof AccessPolicy.Anyone;
  }

  /// Adds the quotas of an open namespace. Keys cost nothing, so all strangers in it are
  /// also counted together.
  private void addOpen(List<Share> shares, SessionName namespace, String host, String creator) {
    var prefix = namespace.equals(SessionName.ROOT) ? "" : namespace + "/";
    shares.add(
        share(
            Quotas.Who.STRANGER,
            "below `%s`, which is open to anybody, key %s has".formatted(namespace, creator),
            t -> t.heldBelow(prefix, creator::equals)));
    shares.add(
        share(
            Quotas.Who.STRANGERS,
            "below `%s`, which is open to anybody, all keys together have".formatted(namespace),
            t -> t.heldBelow(prefix, key -> !owners.contains(key) && !key.equals(host))));
  }

  private Share share(Quotas.Who who, String whose, Function<Transaction, Held> held) {
    return new Share(who, quotas.of(who), whose, held);
  }
}
