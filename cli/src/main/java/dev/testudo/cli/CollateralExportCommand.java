package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PendingFile;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.collateral.CollateralBundle;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo attest collateral export`.
@Command(
    name = "export",
    description = {
      "Writes all documents of the folder into one file, for a machine without a network.",
      "The same documents give the same file."
    })
final class CollateralExportCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private CollateralFolderOption folder = new CollateralFolderOption();
  @Mixin private OutputOption output = new OutputOption();

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file to write.")
  private Path out = Path.of("");

  CollateralExportCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var content = folder.read().content();
    content.problems().forEach(line -> context.streams().err().println(Printable.of(line)));
    if (content.documents().isEmpty()) {
      throw CommandFailed.input("the folder has no documents; `fetch` or `import` some first");
    }
    try (var file = PendingFile.write(out, CollateralBundle.encode(content.documents()))) {
      file.commit();
    }
    var count = content.documents().size();
    if (output.isJson()) {
      JsonOption.print(
          new JsonBuilder().put("file", out.toString()).put("documents", count),
          context.streams().out());
    } else {
      context.streams().out().println("%d documents in %s".formatted(count, out));
    }
    return 0;
  }
}
