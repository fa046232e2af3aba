package dev.testudo.cas.store;

import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The volumes of all sessions within one transaction: one row for each that was ever mounted. A
/// row does not count towards quotas: its size is bounded, and so is the number of volumes of a
/// session.
public final class VolumeTable {
  private static final String TABLE = "volume";

  private final Transaction transaction;
  private final Sealer sealer;

  VolumeTable(Transaction transaction, Sealer sealer) {
    this.transaction = transaction;
    this.sealer = sealer;
  }

  /// Returns a volume, if it is stored.
  public Optional<VolumeRow> find(String session, String name) throws IOException {
    var sql = "SELECT sealed FROM volume WHERE session = ? AND name = ?";
    try (var statement = transaction.prepare(sql, session, name);
        var result = statement.executeQuery()) {
      return result.next() ? Optional.of(row(session, name, result.getBytes(1))) : Optional.empty();
    } catch (SQLException e) {
      throw transaction.failed(e);
    }
  }

  /// Returns the volumes of a session, sorted by name.
  public List<VolumeRow> of(String session) throws IOException {
    var sql = "SELECT name, sealed FROM volume WHERE session = ? ORDER BY name";
    try (var statement = transaction.prepare(sql, session);
        var result = statement.executeQuery()) {
      var rows = new ArrayList<VolumeRow>();
      while (result.next()) {
        rows.add(row(session, result.getString(1), result.getBytes(2)));
      }
      return rows;
    } catch (SQLException e) {
      throw transaction.failed(e);
    }
  }

  private VolumeRow row(String session, String name, byte[] sealed) throws IOException {
    return new VolumeRow(session, name, sealer.open(place(session, name), sealed), sealed);
  }

  /// Stores a volume that has no row yet. `content` is encrypted before.
  public void add(String session, String name, Secret content) throws IOException {
    var sealed = sealer.seal(place(session, name), content);
    var sql = "INSERT INTO volume (session, name, sealed) VALUES (?, ?, ?)";
    try (var statement = transaction.writing(sql, session, name)) {
      statement.setBytes(3, sealed);
      statement.executeUpdate();
      transaction.added(TABLE, session, name, sealed);
    } catch (SQLException e) {
      throw transaction.failed(e);
    }
  }

  /// Replaces the content of a row that was read in this transaction.
  public void replace(VolumeRow row, Secret content) throws IOException {
    var sealed = sealer.seal(place(row.session(), row.name()), content);
    var sql = "UPDATE volume SET sealed = ? WHERE session = ? AND name = ?";
    try (var statement = transaction.writing(sql)) {
      statement.setBytes(1, sealed);
      statement.setString(2, row.session());
      statement.setString(3, row.name());
      statement.executeUpdate();
      transaction.removed(TABLE, row.session(), row.name(), row.sealed());
      transaction.added(TABLE, row.session(), row.name(), sealed);
    } catch (SQLException e) {
      throw transaction.failed(e);
    }
  }

  /// Removes the volumes of a session that are not among `names`.
  public void keep(String session, Set<String> names) throws IOException {
    for (var row : of(session)) {
      if (!names.contains(row.name())) {
        try {
          transaction.remove(TABLE, "session = ? AND name = ?", session, row.name());
        } catch (SQLException e) {
          throw transaction.failed(e);
        }
      }
    }
  }

  private static Sealer.Place place(String session, String name) {
    // Neither name contains `\n`, so the pair is unambiguous.
    return new Sealer.Place(TABLE, session + "\n" + name, 0);
  }
}
