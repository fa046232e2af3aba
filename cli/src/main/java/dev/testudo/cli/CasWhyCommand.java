package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.source.Printable;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo cas why`.
@Command(
    name = "why",
    description = {
      "Shows why CAS refused a request: the caller, what CAS expected and what it got.",
      "You must own the CAS, or be allowed to read the session that the request was about."
    })
final class CasWhyCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      paramLabel = "REQUEST",
      description = "The name of the request, from the refusal: 16 hexadecimal digits.")
  private String request = "";

  @Mixin private CasClientOptions cas = new CasClientOptions();

  CasWhyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (!request.matches("[0-9a-f]{16}")) {
      throw CommandFailed.usage("`" + request + "` is not the name of a request");
    }
    try (var client = cas.client(context)) {
      var report = client.why(request);
      var out = context.streams().out();
      out.println(
          "%s refused: %s %s"
              .formatted(report.at(), report.action(), Printable.of(report.subject())));
      out.println(
          "  asked by key %s from %s"
              .formatted(report.caller().orElse("(none)"), report.address()));
      out.println("  reason: " + report.reason());
      for (var detail : report.details()) {
        for (var line : detail.split("\n", -1)) {
          out.println("  " + Printable.of(line));
        }
      }
    }
    return 0;
  }
}
