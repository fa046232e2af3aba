package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.decision.ReasonId;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Spelling;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The command `testudo explain`: prints a page of `docs/diagnostics`.
@Command(
    name = "explain",
    description = "Explains a diagnostic or the rejection of evidence, and how to fix the problem.")
final class ExplainCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "ID", description = "The name in brackets, as in error[unknown-secret].")
  private String id = "";

  ExplainCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var known = known();
    var wanted = id.toLowerCase(Locale.ROOT);
    if (!known.contains(wanted)) {
      throw CommandFailed.input(
          "there is no diagnostic `%s`%s"
              .formatted(
                  id,
                  Spelling.nearest(wanted, known)
                      .map(near -> "; did you mean `" + near + "`?")
                      .orElse("; known diagnostics: " + String.join(", ", known))));
    }
    context.streams().out().print(page(wanted));
    return 0;
  }

  /// Returns the ids that have a page.
  static List<String> known() {
    return Stream.of(
            Arrays.stream(DiagnosticId.values()).map(DiagnosticId::text),
            Arrays.stream(ReasonId.values()).map(ReasonId::text),
            Arrays.stream(RejectionId.values()).map(RejectionId::text))
        .flatMap(ids -> ids)
        .toList();
  }

  private static String page(String id) throws IOException {
    try (var page = ExplainCommand.class.getResourceAsStream("diagnostics/" + id + ".md")) {
      if (page == null) {
        throw new IllegalStateException("no page for diagnostic " + id);
      }
      return new String(page.readAllBytes(), UTF_8);
    }
  }
}
