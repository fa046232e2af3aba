package dev.testudo.cas.store;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.cas.store.key.SealKeys;
import dev.testudo.cas.store.log.StoredHead;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.cas.store.seal.StateDigest;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;

/// Creates stores in the formats of earlier versions.
public final class OldStore {
  private OldStore() {}

  /// Converts the store in `state` to format 2, which lacks the table of imports, and whose key
  /// file contains the seal key itself.
  public static void format2(Path state) throws IOException {
    var random = new SecureRandom();
    try (var directory = StateDirectory.open(state);
        var database = SqliteDatabase.open(directory.path(), new Health());
        var key = new SealKeys(database, KeyFile.in(state), random).open();
        var statement = database.connection().createStatement()) {
      var heads = new StoredHead(database, new Sealer(key, random));
      var digest =
          new StateDigest(Sealer.derived(key, "HmacSHA256", "testudo cas state digest v1"));
      statement.execute("DELETE FROM session_import");
      statement.execute("DELETE FROM setting WHERE name = 'imports-indexed'");
      var sum = Tables.sum(database.connection(), digest);
      heads.save(heads.current().withState(sum));
      statement.execute("DROP TABLE session_import");
      statement.execute("DROP TABLE seal_key");
      statement.execute("DROP TABLE volume");
      statement.execute("PRAGMA user_version = 2");
      key.<Path, IOException>revealOrThrow(
          bytes ->
              Files.write(
                  state.resolve(KeyFile.NAME), bytes, StandardOpenOption.TRUNCATE_EXISTING));
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
