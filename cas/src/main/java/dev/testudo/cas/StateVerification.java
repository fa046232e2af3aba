package dev.testudo.cas;

import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The command `testudo cas verify-audit-log --state DIR`: verifies the state of a
/// CAS that does not run.
///
/// @param asJson whether the result is JSON
record StateVerification(ServerOptions.State state, boolean asJson) {
  static final String COMMAND = "verify-audit-log";
  private static final String USAGE_LINES =
      """
      Usage: testudo cas verify-audit-log --state DIR
                               [--key-file FILE | --passphrase-file FILE |
                               --key-credential NAME]
                               [--store URL] [--store-password-file FILE |
                               --store-password-credential NAME]
                               [--anchor FILE | --anchor https://HOST:PORT
                               --anchor-key HASH] [--json]
      """;
  private static final int DONE = 0;
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;
  private static final int REFUSED = 4;

  /// Verifies the state and prints the head of the audit log.
  ///
  /// @return the exit code
  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      var words = args.subList(1, args.size());
      var json = new FlagOption("--json");
      var state = StateArguments.read(words, environment, (option, _) -> json.take(option));
      return new StateVerification(state, json.isGiven()).verify(out, err);
    } catch (Usage.Unusable e) {
      err.println("testudo cas verify-audit-log: " + e.problem());
      err.print(USAGE_LINES);
      return USAGE;
    }
  }

  /// Returns true if a CAS has used the directory.
  static boolean isState(ServerOptions.State state) {
    return Files.exists(
        state.directory().resolve(state.database().isPresent() ? "replica" : "cas.db"));
  }

  private int verify(PrintStream out, PrintStream err) {
    if (!isState(state)) {
      err.println("testudo: `%s` is not the state directory of a CAS".formatted(state.directory()));
      return ENVIRONMENT_FAILED;
    }
    try (var directory = StateDirectory.open(state.directory())) {
      var head = Store.verify(directory, StateParts.store(state));
      tellHead(head, out);
      return DONE;
    } catch (StoreException e) {
      tellProblem(e, out);
      err.println("testudo: " + e.getMessage());
      return REFUSED;
    } catch (IOException e) {
      err.println("testudo: " + e.getMessage());
      return ENVIRONMENT_FAILED;
    }
  }

  private void tellHead(String head, PrintStream out) {
    if (asJson) {
      var found = new JsonBuilder().put("verified", true).put("head", head);
      out.println(Json.writeText(found.put("problems", List.of()).build()));
    } else {
      out.println("ok: the state is as CAS left it");
      out.println("head " + head);
    }
  }

  private void tellProblem(StoreException problem, PrintStream out) {
    if (asJson) {
      var kind = problem.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
      var one =
          new JsonBuilder()
              .put("kind", kind)
              .put("message", String.valueOf(problem.getMessage()))
              .build();
      var found = new JsonBuilder().put("verified", false);
      out.println(Json.writeText(found.put("problems", new JsonArray(List.of(one))).build()));
    }
  }
}
