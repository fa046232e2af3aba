package dev.testudo.cli;

import dev.testudo.cli.attest.EvidenceInput;
import dev.testudo.cli.attest.FieldJson;
import dev.testudo.cli.attest.FieldText;
import dev.testudo.cli.attest.ItemFields;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.file.EvidenceFile;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo attest show`.
@Command(
    name = "show",
    description = {
      "Shows every field of evidence with its meaning. It verifies nothing.",
      "FILE has a quote, a report, an event log or a certificate table: raw, in hexadecimal, base64 or PEM,"
          + " in a certificate (RA-TLS), or in JSON of configfs-tsm, Azure, trustee, dstack or Testudo.",
      "Anybody can write such a file. Use `testudo attest verify` before you believe a value."
    })
final class AttestShowCommand implements Callable<Integer> {
  private static final String WARNING =
      "NOT VERIFIED: anybody can write such a file. `testudo attest verify` finds out whether it is genuine.";

  private final CliContext context;

  @Parameters(paramLabel = "FILE", description = "The file with the evidence; - is standard input.")
  private String file = "";

  @Mixin private OutputOption output = new OutputOption();

  AttestShowCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailed {
    var asJson = output.isJson();
    var found = EvidenceInput.read(file, context.streams().in());
    if (asJson) {
      JsonOption.print(json(found), context.streams().out());
    } else {
      text(found).forEach(context.streams().out()::println);
    }
    return 0;
  }

  private List<String> text(EvidenceFile found) throws CommandFailed {
    var lines = new ArrayList<>(List.of(WARNING));
    for (var item : found.items()) {
      lines.add("");
      lines.add(title(item, found));
      lines.add("");
      lines.addAll(FieldText.lines(ItemFields.of(item, file)));
    }
    return lines;
  }

  private static String title(EvidenceFile.Item item, EvidenceFile found) {
    var title = ItemFields.title(item);
    return found.wrappings().isEmpty()
        ? title
        : "%s, in %s".formatted(title, String.join(" in ", found.wrappings().reversed()));
  }

  private JsonBuilder json(EvidenceFile found) throws CommandFailed {
    var items = new ArrayList<JsonValue>();
    for (var item : found.items()) {
      items.add(
          new JsonBuilder()
              .put("kind", ItemFields.kind(item))
              .put("fields", FieldJson.of(ItemFields.of(item, file)))
              .build());
    }
    return new JsonBuilder()
        .put("verified", false)
        .put("wrappings", found.wrappings())
        .put("items", new JsonArray(items));
  }
}
