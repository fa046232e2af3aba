package dev.testudo.cas;

import dev.testudo.cas.store.postgresql.PostgresCluster;
import java.io.IOException;
import java.util.List;

/// CAS is killed while it works with PostgreSQL.
class KilledCasOnPostgresTest extends KilledCasTest {
  /// Returns the options for a database of its own.
  static List<String> database() throws IOException {
    var database = PostgresCluster.shared().schema();
    return List.of(
        "--store",
        database.url(),
        "--store-password-file",
        database.password().orElseThrow().path().toString());
  }

  @Override
  List<String> store() throws IOException {
    return database();
  }

  @Override
  int rounds() {
    return 2;
  }
}
