package dev.testudo.cas;

import dev.testudo.cas.store.database.FaultyDatabase;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/// All guarantees about sessions, secrets and tokens hold on a database on which transactions
/// conflict. Every piece of work runs twice there, and only the second run takes effect.
class WorkIsRunAgainTest {
  @Nested
  class Sessions extends SessionsTest {
    @Override
    TestCas start(Path state) throws IOException {
      return new TestCas(state, FaultyDatabase::conflicting);
    }
  }

  @Nested
  class Attestation extends AttestationTest {
    @Override
    TestCas start(Path state) throws IOException {
      return new TestCas(state, FaultyDatabase::conflicting);
    }
  }

  @Nested
  class KeysAndRevisions extends KeysAndRevisionsTest {
    @Override
    TestCas start(Path state) throws IOException {
      return new TestCas(state, FaultyDatabase::conflicting);
    }
  }

  @Nested
  class JoinTokens extends JoinTokensTest {
    @Override
    TestCas start(Path state) throws IOException {
      return new TestCas(state, FaultyDatabase::conflicting);
    }
  }
}
