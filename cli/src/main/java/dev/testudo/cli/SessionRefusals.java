package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo session refusals`.
@Command(
    name = "refusals",
    description = {
      "Shows the latest refusals that concern a session, the newest first: what CAS expected, what it got, and where the session requires it.",
      "You must be allowed to read the session, or own the CAS."
    })
final class SessionRefusals implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "NAME", description = "The name of the session.")
  private String name = "";

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  SessionRefusals(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (SessionName.parse(name).isEmpty()) {
      throw CommandFailed.usage("`%s` is not the name of a session".formatted(name));
    }
    try (var client = cas.client(context)) {
      var refusals = client.refusals(name);
      var out = context.streams().out();
      if (json.isGiven()) {
        JsonOption.print(refusals.encode(), out);
        return 0;
      }
      for (var entry : refusals.entries()) {
        RefusalText.print(entry.report(), out);
        out.println("  request: " + entry.request());
      }
    }
    return 0;
  }
}
