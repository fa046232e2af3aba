package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
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

  @Mixin private JsonOption json = new JsonOption();
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
      if (json.isGiven()) {
        JsonOption.print(report.encode(), context.streams().out());
      } else {
        RefusalText.print(report, context.streams().out());
      }
    }
    return 0;
  }
}
