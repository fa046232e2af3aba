package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo cas show`.
@Command(
    name = "show",
    description = {
      "Shows the CAS that commands use, and the key by which it knows you.",
      "It asks the CAS, so it also shows that the CAS can be reached and has the expected key."
    })
final class CasShow implements Callable<Integer> {
  private final CliContext context;
  @Mixin private CasClientOptions cas = new CasClientOptions();

  @Option(names = "--json", description = "Prints the same as JSON.")
  private boolean json;

  CasShow(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var which = cas.which(context);
    try (var client = cas.client(context)) {
      var shown =
          which
              .json()
              .put("version", client.version())
              .put("healthy", client.healthy())
              .put("hardware_attested", false)
              .put("encryption_key", client.encryptionKey().toString())
              .put("own_key_hash", cas.me(context).keyHash().text())
              .build();
      var out = context.streams().out();
      if (json) {
        out.println(Json.writeText(shown));
      } else {
        shown
            .members()
            .forEach(
                (name, value) ->
                    out.println(
                        "%s: %s"
                            .formatted(
                                name.replace('_', ' '), Json.writeText(value).replace("\"", ""))));
      }
    }
    return 0;
  }
}
