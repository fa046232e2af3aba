package dev.testudo.cas.store;

import dev.testudo.cas.store.seal.StateDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/// The tables whose rows the digest of the store covers.
final class Tables {
  /// The columns of each table, in the order in which they enter the digest.
  private static final Map<String, String> COLUMNS =
      Map.of(
          "session", "name, revision, hash, sealed",
          "secret", "session, name, revision, sealed",
          "secret_use", "session, session_revision, name, revision",
          "setting", "name, sealed",
          "join_token", "session, service, id, sealed",
          "session_import", "exporter, session",
          "volume", "session, name, sealed");

  private Tables() {}

  /// Returns the columns of a table, with commas between them.
  static String columns(String table) {
    return COLUMNS.getOrDefault(table, "");
  }

  /// Computes the digest of all rows of the database.
  static StateDigest.Sum sum(Connection connection, StateDigest digest) throws SQLException {
    var sum = StateDigest.Sum.ZERO;
    for (var table : COLUMNS.entrySet()) {
      try (var statement =
              connection.prepareStatement(
                  "SELECT %s FROM %s".formatted(table.getValue(), table.getKey()));
          var rows = statement.executeQuery()) {
        var columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          sum = sum.plus(digest.of(table.getKey(), values(rows, columns)));
        }
      }
    }
    return sum;
  }

  /// Returns the values of a row as they enter the digest.
  static Object[] values(ResultSet row) throws SQLException {
    return values(row, row.getMetaData().getColumnCount());
  }

  private static Object[] values(ResultSet row, int columns) throws SQLException {
    var values = new Object[columns];
    for (var i = 0; i < values.length; i++) {
      var value = row.getObject(i + 1);
      values[i] = value instanceof Integer number ? Long.valueOf(number) : value;
    }
    return values;
  }
}
