package dev.testudo.cli;

import dev.testudo.cli.collateral.DocumentRows;
import dev.testudo.cli.collateral.TimeSpan;
import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo attest collateral expires`.
@Command(
    name = "expires",
    description = {
      "Lists the documents that have ended, end soon, or cannot be used.",
      "It exits with 1 if there are any, or if the folder has no documents, so that a timer can run it."
    })
final class CollateralExpiresCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private CollateralFolderOption folder = new CollateralFolderOption();
  @Mixin private VerificationOptions verification = new VerificationOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--within",
      paramLabel = "TIME",
      description = "What soon means, such as 36h or 7d (default: 7d).")
  private String within = "7d";

  CollateralExpiresCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var soon =
        TimeSpan.parse(within)
            .orElseThrow(
                () ->
                    CommandFailed.usage(
                        "`--within` takes a time such as 36h or 7d, not `%s`".formatted(within)));
    var at = verification.at();
    var open = folder.read();
    var all = DocumentRows.of(open, verification.roots(context.streams().in()), at);
    var ending = all.endingBefore(at.plus(soon));
    var out = context.streams().out();
    if (output.isJson()) {
      JsonOption.print(ending.json().put("next", all.nextEnd()), out);
    } else {
      ending.text().forEach(out::println);
      ending.problems().forEach(context.streams().err()::println);
    }
    if (all.isEmpty()) {
      throw CommandFailed.input("%s has no documents".formatted(open.directory()));
    }
    if (ending.isEmpty() && !output.isJson()) {
      out.println("nothing ends within %s; the next end is %s".formatted(within, all.next()));
    }
    return ending.isEmpty() ? 0 : 1;
  }
}
