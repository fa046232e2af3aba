package dev.testudo.cli.collateral;

import dev.testudo.cli.CliContext;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralAdmission.Admitted;
import dev.testudo.trust.collateral.CollateralAdmission.Outcome;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Tells what becomes of documents that shall enter a folder. What can be told is printed at once.
public final class Intakes {
  private final CliContext.Streams streams;
  private final boolean json;
  private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
  private final List<JsonValue> admitted = new ArrayList<>();
  private final List<JsonValue> refused = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private int worst;

  /// Creates an empty list.
  ///
  /// @param json true to print all of it at the end, as JSON
  public Intakes(CliContext.Streams streams, boolean json) {
    this.streams = streams;
    this.json = json;
  }

  /// A document is in the folder.
  public void admitted(Admitted one) {
    counts.merge(one.outcome(), 1, Integer::sum);
    admitted.add(
        DocumentRows.json(one.stored(), one.facts()).put("outcome", one.outcome().text()).build());
    if (!json) {
      streams
          .out()
          .println(
              "%-9s  ends %s  %s"
                  .formatted(one.outcome().text(), one.facts().firstEnd(), one.stored().id()));
    }
  }

  /// A document is not.
  public void refused(DocumentId id, CollateralException why) {
    worst = Math.max(worst, code(why).number());
    var reason = String.valueOf(why.getMessage());
    refused.add(new JsonBuilder().put("document", id.toString()).put("reason", reason).build());
    streams.err().println("testudo: " + Printable.lines(reason));
  }

  /// Something else is worth telling.
  public void note(String line) {
    notes.add(line);
    streams.err().println(Printable.lines(line));
  }

  /// Prints the rest, and returns the exit code: of several failures the highest.
  public int complete() {
    if (json) {
      var all =
          new JsonBuilder()
              .put("documents", new JsonArray(admitted))
              .put("refused", new JsonArray(refused))
              .put("ignored", notes);
      streams.out().writeBytes(Json.write(all.build()));
      streams.out().println();
    } else {
      streams
          .out()
          .println(
              "%d added, %d replaced, %d unchanged, %d refused"
                  .formatted(
                      counts.getOrDefault(Outcome.ADDED, 0),
                      counts.getOrDefault(Outcome.REPLACED, 0),
                      counts.getOrDefault(Outcome.UNCHANGED, 0),
                      refused.size()));
    }
    return worst;
  }

  /// Returns the exit code of a command that fails for a reason.
  public static ExitCode code(CollateralException why) {
    return switch (why.fault()) {
      case MALFORMED -> ExitCode.INPUT_WRONG;
      case NOT_GENUINE, OUTSIDE_VALIDITY, OLDER -> ExitCode.REFUSED;
      case FULL, BUSY, UNKNOWN, RATE, SERVICE -> ExitCode.ENVIRONMENT_FAILED;
    };
  }
}
