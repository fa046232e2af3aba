package dev.testudo.cas.store.key;

import dev.testudo.cas.store.database.Database;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.cas.store.log.StoredHead;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// The seal key of a store, which the database keeps wrapped by the master key.
public final class SealKeys {
  private static final int KEY_BYTES = 32;

  private final Database database;
  private final MasterKey master;
  private final SecureRandom random;

  /// Creates access to the seal key in `database`.
  public SealKeys(Database database, MasterKey master, SecureRandom random) {
    this.database = database;
    this.master = master;
    this.random = random;
  }

  /// Returns the seal key within the running transaction, and generates it for a new store.
  ///
  /// @throws StoreException with the reasons of [MasterKey#unwrap]
  public Secret openOrCreate() throws SQLException, IOException {
    var stored = stored();
    if (stored.isPresent()) {
      return unwrap(stored.get());
    }
    var key = ofFormat3();
    if (key.isEmpty()) {
      var bytes = new byte[KEY_BYTES];
      random.nextBytes(bytes);
      key = Optional.of(Secret.taking(bytes));
    }
    replace(database.connection(), master.wrap(key.get(), random));
    return key.get();
  }

  /// Returns the seal key and changes nothing.
  ///
  /// @throws StoreException also if there is no store
  public Secret open() throws SQLException, IOException {
    var stored = stored();
    if (stored.isPresent()) {
      return unwrap(stored.get());
    }
    return ofFormat3()
        .orElseThrow(() -> new StoreException("the database does not contain a store of CAS"));
  }

  private Secret unwrap(WrappedKey wrapped) throws IOException {
    if (!wrapped.method().equals(master.method())) {
      throw new StoreException(
          Reason.WRONG_KEY,
          "this store opens with a %s, and CAS was started with a %s"
              .formatted(wrapped.method(), master.method()));
    }
    return master.unwrap(wrapped);
  }

  /// Returns the seal key of a store of format 3, once it has opened the head.
  private Optional<Secret> ofFormat3() throws SQLException, IOException {
    if (!StoredHead.exists(database)) {
      return Optional.empty();
    }
    var key =
        master
            .sealKeyOfFormat3()
            .orElseThrow(
                () ->
                    new StoreException(
                        Reason.WRONG_KEY,
                        "this store opens with a key, and CAS was started with a "
                            + master.method()));
    var sealer = new Sealer(key, random);
    var _ = new StoredHead(database, sealer).current();
    return Optional.of(key);
  }

  private Optional<WrappedKey> stored() throws SQLException {
    try (var statement =
            database
                .connection()
                .prepareStatement(
                    "SELECT method, parameters, key_check, sealed FROM seal_key WHERE one = 1");
        var row = statement.executeQuery()) {
      return row.next()
          ? Optional.of(
              new WrappedKey(
                  row.getString(1), row.getString(2), row.getString(3), row.getString(4)))
          : Optional.empty();
    }
  }

  /// Stores the wrapped seal key within the running transaction, in place of another one.
  public static void replace(Connection connection, WrappedKey wrapped) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "INSERT INTO seal_key (one, method, parameters, key_check, sealed)"
                + " VALUES (1, ?, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET"
                + " method = excluded.method, parameters = excluded.parameters,"
                + " key_check = excluded.key_check, sealed = excluded.sealed")) {
      statement.setString(1, wrapped.method());
      statement.setString(2, wrapped.parameters());
      statement.setString(3, wrapped.check());
      statement.setString(4, wrapped.sealed());
      statement.executeUpdate();
    }
  }
}
