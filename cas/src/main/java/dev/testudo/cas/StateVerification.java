package dev.testudo.cas;

import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.StoreOptions;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/// The command `testudo cas verify-audit-log --state DIR`: verifies the state of a
/// CAS that does not run.
final class StateVerification {
  static final String COMMAND = "verify-audit-log";
  private static final int DONE = 0;
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;
  private static final int REFUSED = 4;

  private StateVerification() {}

  /// Verifies the state and prints the head of the audit log.
  ///
  /// @return the exit code
  static int run(List<String> args, PrintStream out, PrintStream err) {
    if (args.size() != 3 || !args.get(1).equals("--state") || args.get(2).isEmpty()) {
      err.println("Usage: testudo cas verify-audit-log --state DIR");
      return USAGE;
    }
    var state = Path.of(args.get(2));
    if (!Files.exists(state.resolve("cas.db"))) {
      err.println("testudo: `%s` is not the state directory of a CAS".formatted(state));
      return ENVIRONMENT_FAILED;
    }
    var random = new SecureRandom();
    var quota = ServerOptions.Log.USUAL.quota();
    var options =
        new StoreOptions(random, InstantSource.system(), quota, false, SqliteDatabase::open);
    try (var directory = StateDirectory.open(state, random)) {
      var head = Store.verify(directory, options);
      out.println("ok: the state is as CAS left it");
      out.println("head " + head);
      return DONE;
    } catch (StoreException e) {
      err.println("testudo: " + e.getMessage());
      return REFUSED;
    } catch (IOException e) {
      err.println("testudo: " + e.getMessage());
      return ENVIRONMENT_FAILED;
    }
  }
}
