package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo cas set-default`.
@Command(
    name = "set-default",
    description = "Selects the attested CAS that commands use if nothing names another one.")
final class CasSetDefault implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "HOST:PORT", description = "The address of an attested CAS.")
  private String address = "";

  @Mixin private JsonOption json = new JsonOption();

  CasSetDefault(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var where = CasClientOptions.address(address);
    var known = KnownCas.read(context);
    var cas =
        known
            .at(where)
            .orElseThrow(
                () ->
                    CommandFailed.input(
                        "CAS %s has not been attested; `testudo cas list` shows those that have"
                            .formatted(where)));
    known.withDefault(cas).write(context);
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(cas.json().put("default", true), out);
    } else {
      out.println("default " + cas.address() + " " + cas.key());
    }
    return 0;
  }
}
