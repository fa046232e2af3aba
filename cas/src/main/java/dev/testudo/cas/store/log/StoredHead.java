package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Reads and writes the head of the store in the database.
public final class StoredHead {
  private static final Sealer.Place PLACE = new Sealer.Place("head", "", 0);
  private final Database database;
  private final Sealer sealer;
  private @Nullable Head known;

  /// Creates access to the head in `database`, encrypted by `sealer`.
  public StoredHead(Database database, Sealer sealer) {
    this.database = database;
    this.sealer = sealer;
  }

  /// Returns true if the database has a head: if anything was ever stored.
  public static boolean exists(Database database) throws SQLException {
    try (var statement = database.connection().createStatement();
        var result = statement.executeQuery("SELECT sealed FROM head WHERE one = 1")) {
      return result.next() && result.getBytes(1).length > 0;
    }
  }

  /// Returns the head after the last committed transaction.
  public Head current() throws SQLException, IOException {
    var head = known;
    if (head == null) {
      head = load();
      known = head;
    }
    return head;
  }

  private Head load() throws SQLException, IOException {
    try (var statement = database.connection().createStatement();
        var result = statement.executeQuery("SELECT sealed FROM head WHERE one = 1")) {
      return result.next() && result.getBytes(1).length > 0
          ? sealer.open(PLACE, result.getBytes(1)).revealOrThrow(Head::decode)
          : Head.START;
    }
  }

  /// Stores `head` as part of the running transaction.
  public void save(Head head) throws SQLException {
    try (var statement =
        database
            .connection()
            .prepareStatement(
                "INSERT INTO head (one, sealed) VALUES (1, ?)"
                    + " ON CONFLICT (one) DO UPDATE SET sealed = excluded.sealed")) {
      statement.setBytes(1, sealer.seal(PLACE, Secret.taking(head.encode())));
      statement.executeUpdate();
    }
  }

  /// Records that `head` was committed.
  public void isNow(Head head) {
    known = head;
  }

  /// Drops the cached head after a failed transaction. It is read from the database again.
  public void forget() {
    known = null;
  }
}
