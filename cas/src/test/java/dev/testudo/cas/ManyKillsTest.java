package dev.testudo.cas;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/// CAS is killed 200 times, with either database.
@Tag("nightly")
class ManyKillsTest {
  private static final int ROUNDS = 100;

  @Nested
  class OnSqlite extends KilledCasTest {
    @Override
    int rounds() {
      return ROUNDS;
    }
  }

  @Nested
  class OnPostgres extends KilledCasTest {
    @Override
    List<String> store() throws IOException {
      return KilledCasOnPostgresTest.database();
    }

    @Override
    int rounds() {
      return ROUNDS;
    }
  }
}
