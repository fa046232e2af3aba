package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session list`.
@Command(
    name = "list",
    description = {
      "Lists the sessions directly in a namespace.",
      "You need `list_sessions` or `create_sessions` in the session of the namespace. Without a root session, owners of the CAS list top-level sessions."
    })
final class SessionList implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAMESPACE",
      defaultValue = "/",
      description = "The namespace (default: `/`, the top level).")
  private String namespace = "/";

  @Option(names = "--json", description = "Prints the names as JSON.")
  private boolean json;

  @Mixin private CasClientOptions cas = new CasClientOptions();

  SessionList(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (SessionName.parse(namespace).isEmpty()) {
      throw CommandFailed.usage("`%s` is not the name of a namespace".formatted(namespace));
    }
    try (var client = cas.client(context)) {
      var names = client.listSessions(namespace);
      var out = context.streams().out();
      if (json) {
        out.println(Json.writeText(new JsonBuilder().put("sessions", names).build()));
      } else {
        names.forEach(out::println);
      }
    }
    return 0;
  }
}
