package dev.testudo.cas.issue;

import dev.testudo.cas.store.NotAtHand;
import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.StoreException;
import dev.testudo.cas.store.Transaction;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Stored sessions by name. What was read lately is kept, because a session is asked for far more
/// often than it changes.
public final class Catalog {
  private static final int KEPT = 512;
  private final Map<String, Session> lately =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
          return size() > KEPT;
        }
      };

  /// An empty one.
  public Catalog() {}

  /// The active revision of session `name`.
  public Optional<Registered> active(Transaction transaction, SessionName name) throws IOException {
    var row = transaction.activeSession(name.value());
    return row.isPresent() ? Optional.of(read(transaction, row.get())) : Optional.empty();
  }

  /// The session of a stored row. A large one takes a second to parse, so nobody waits for that.
  private Registered read(Transaction transaction, SessionRow row) throws IOException {
    var known = known(row);
    if (known.isPresent()) {
      return new Registered(row, known.get());
    }
    if (!transaction.mayTakeLong()) {
      throw new NotAtHand(() -> keep(row, parse(row)));
    }
    var session = parse(row);
    keep(row, session);
    return new Registered(row, session);
  }

  private Optional<Session> known(SessionRow row) {
    synchronized (lately) {
      return Optional.ofNullable(lately.get(row.hash()));
    }
  }

  private void keep(SessionRow row, Session session) {
    synchronized (lately) {
      lately.put(row.hash(), session);
    }
  }

  /// The source a session's text is read from; its name is what places in it are shown under.
  public static SourceFile source(String name, String yaml) {
    return new SourceFile(name, yaml);
  }

  private static Session parse(SessionRow row) throws StoreException {
    return switch (Session.stored(source(row.name(), row.yaml()))) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session> _ ->
          throw new StoreException(
              "session `%s` was accepted by another version and cannot be read by this one"
                  .formatted(row.name()));
    };
  }
}
