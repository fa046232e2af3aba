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

/// Finds stored sessions by name. Recently used ones are cached, because sessions are read
/// far more often than they change. The cache is limited by the number of sessions and the
/// length of their texts.
public final class Catalog {
  /// The most sessions in the cache. A parsed session takes some kilobytes beside its text.
  private static final int MOST = 8192;

  /// The most characters of text in the cache. A parsed session takes about ten times the
  /// memory of its text.
  static final long MOST_CHARACTERS = 8 << 20;

  private final int most;
  private final Map<String, Session> lately = new LinkedHashMap<>(16, 0.75f, true);
  private long characters;

  /// Creates an empty catalog.
  public Catalog() {
    this(MOST);
  }

  /// Creates an empty catalog that keeps `most` sessions.
  Catalog(int most) {
    this.most = most;
  }

  /// Returns the active revision of the session with the given name, if there is one.
  public Optional<Registered> active(Transaction transaction, SessionName name) throws IOException {
    var row = transaction.activeSession(name.value());
    return row.isPresent() ? Optional.of(read(transaction, row.get())) : Optional.empty();
  }

  /// Returns the session of a stored row. Parsing a large session takes up to a second, so a short
  /// transaction does not wait for it.
  private Registered read(Transaction transaction, SessionRow row) throws IOException {
    if (known(row).isEmpty() && !transaction.mayTakeLong()) {
      throw new NotAtHand(() -> read(row));
    }
    return read(row);
  }

  /// Returns the session of a stored row and parses it if it is not cached.
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
      // The iteration starts with the eldest entry. The newest one is always kept.
      for (var eldest = lately.values().iterator();
          lately.size() > 1 && (lately.size() > most || characters > MOST_CHARACTERS); ) {
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

  /// Returns the number of characters of text in the cache.
  long characters() {
    synchronized (lately) {
      return characters;
    }
  }

  /// Returns a session's text as a source, whose name diagnostics show.
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
