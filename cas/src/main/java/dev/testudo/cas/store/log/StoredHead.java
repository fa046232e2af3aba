package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The head of the store, as it is in the database.
public final class StoredHead {
  private static final Sealer.Place PLACE = new Sealer.Place("head", "", 0);
  private final Database database;
  private final Sealer sealer;
  private @Nullable Head known;

  /// The head that `database` holds, sealed by `sealer`.
  public StoredHead(Database database, Sealer sealer) {
    this.database = database;
    this.sealer = sealer;
  }

  /// The head after the last transaction that was committed.
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
      return result.next()
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

  /// `head` was committed.
  public void isNow(Head head) {
    known = head;
  }

  /// The transaction failed; what is in the database is looked up again.
  public void forget() {
    known = null;
  }
}
