package dev.testudo.cli;

import dev.testudo.cli.collateral.DocumentRows;
import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The command `testudo attest collateral list`.
@Command(
    name = "list",
    description = {
      "Lists the documents of the folder, the one that ends next first.",
      "A name says which FMSPC or chip a document is about."
    })
final class CollateralListCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private CollateralFolderOption folder = new CollateralFolderOption();
  @Mixin private VerificationOptions verification = new VerificationOptions();
  @Mixin private OutputOption output = new OutputOption();

  CollateralListCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var at = verification.at();
    var rows = DocumentRows.of(folder.read(), verification.roots(context.streams().in()), at);
    var out = context.streams().out();
    if (output.isJson()) {
      JsonOption.print(rows.json(), out);
    } else {
      rows.text().forEach(out::println);
      rows.problems().forEach(context.streams().err()::println);
    }
    return 0;
  }
}
