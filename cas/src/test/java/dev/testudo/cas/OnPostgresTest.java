package dev.testudo.cas;

import dev.testudo.cas.store.postgresql.PostgresCluster;
import dev.testudo.cas.store.postgresql.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/// All guarantees about sessions, secrets and tokens hold on PostgreSQL too.
class OnPostgresTest {
  private static TestCas cas(Path state) throws IOException {
    return new TestCas(state, PostgresCluster.shared().dialect());
  }

  @Nested
  class Sessions extends SessionsTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }

  @Nested
  class Attestation extends AttestationTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }

  @Nested
  class KeysAndRevisions extends KeysAndRevisionsTest {
    private String database = "";

    @Override
    TestCas start(Path state) throws IOException {
      var url = PostgresCluster.shared().schema();
      database = PostgresCluster.withPassword(url);
      return new TestCas(state, PostgresDatabase.at(url));
    }

    @Override
    String database() {
      return database;
    }
  }

  @Nested
  class JoinTokens extends JoinTokensTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }

  @Nested
  class OneTimePasswords extends OneTimePasswordsTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }

  @Nested
  class Secrets extends SecretsTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }

  @Nested
  class Volumes extends VolumesTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }

  @Nested
  class Leases extends LeasesTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }

  @Nested
  class PublicValues extends PublicValuesTest {
    @Override
    TestCas start(Path state) throws IOException {
      return cas(state);
    }
  }
}
