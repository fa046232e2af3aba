package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command `testudo cas list`.
@Command(name = "list", description = "Lists the attested CAS instances; `*` marks the default.")
final class CasList implements Callable<Integer> {
  private final CliContext context;

  @Option(names = "--json", description = "Prints the list as JSON.")
  private boolean json;

  CasList(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var known = KnownCas.read(context);
    var out = context.streams().out();
    if (json) {
      var all = known.all().stream().map(cas -> json(cas, known)).toList();
      out.println(Json.writeText(new JsonBuilder().put("attested", new JsonArray(all)).build()));
      return 0;
    }
    for (var cas : known.all()) {
      var mark = isDefault(cas, known) ? "*" : " ";
      out.println(mark + " " + cas.address() + " " + cas.key());
    }
    return 0;
  }

  private static JsonValue json(RunningCas cas, KnownCas known) {
    return cas.json().put("default", isDefault(cas, known)).build();
  }

  private static boolean isDefault(RunningCas cas, KnownCas known) {
    return known.first().filter(cas::equals).isPresent();
  }
}
