package dev.testudo.cas.catalog;

import dev.testudo.cas.store.NotAtHand;
import dev.testudo.cas.store.SessionRow;
import dev.testudo.cas.store.Transaction;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Stored sessions by name. What was read lately is kept, because a session is asked for far more
/// often than it changes. How much is kept is bounded by the length of the sessions' texts.
public final class Catalog {
  private static final int MOST = 512;

  /// Characters of all texts that are kept. A session that was read takes some ten times its text.
  static final long MOST_CHARACTERS = 8 << 20;

  private final Map<String, Session> lately = new LinkedHashMap<>(16, 0.75f, true);
  private long characters;

  /// An empty one.
  public Catalog() {}

  /// The active revision of session `name`.
  public Optional<Registered> active(Transaction transaction, SessionName name) throws IOException {
    var row = transaction.activeSession(name.value());
    return row.isPresent() ? Optional.of(read(transaction, row.get())) : Optional.empty();
  }

  /// The session of a stored row. A large one takes a second to parse, so nobody waits for that.
  private Registered read(Transaction transaction, SessionRow row) throws IOException {
    if (known(row).isEmpty() && !transaction.mayTakeLong()) {
      throw new NotAtHand(() -> read(row));
    }
    return read(row);
  }

  /// The session of a stored row, parsed if it is not kept.
  Registered read(SessionRow row) throws StoreException {
    var known = known(row);
    if (known.isPresent()) {
      return new Registered(row, known.get());
    }
    var session = parse(row);
    keep(row.hash(), session);
    return new Registered(row, session);
  }

  private Optional<Session> known(SessionRow row) {
    synchronized (lately) {
      return Optional.ofNullable(lately.get(row.hash()));
    }
  }

  private void keep(String hash, Session session) {
    synchronized (lately) {
      count(lately.put(hash, session), -1);
      count(session, 1);
      // The newest one is the last, and stays.
      for (var eldest = lately.values().iterator();
          lately.size() > 1 && (lately.size() > MOST || characters > MOST_CHARACTERS); ) {
        count(eldest.next(), -1);
        eldest.remove();
      }
    }
  }

  private void count(@Nullable Session session, int sign) {
    if (session != null) {
      characters += (long) sign * session.source().text().length();
    }
  }

  /// How many characters of texts are kept.
  long characters() {
    synchronized (lately) {
      return characters;
    }
  }

  /// The source a session's text is read from; its name is what places in it are shown under.
  public static SourceFile source(String name, String yaml) {
    return new SourceFile(name, yaml);
  }

  private static Session parse(SessionRow row) throws StoreException {
    return switch (SessionParser.stored(source(row.name(), row.yaml()))) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session> _ ->
          throw new StoreException(
              "session `%s` was accepted by another version and cannot be read by this one"
                  .formatted(row.name()));
    };
  }
}
