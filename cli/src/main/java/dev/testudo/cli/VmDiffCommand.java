package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.vm.ImageDifferences;
import dev.testudo.cli.vm.ImageDifferences.Difference;
import dev.testudo.cli.vm.PinnedFile;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.vm.pe.PeFile;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo vm diff`.
@Command(
    name = "diff",
    description = {
      "Shows in what two VM images differ: sections, words of the command line, files.",
      "Exits with code 0 if they are the same bytes, 1 if not, and another code if the comparison is"
          + " not possible."
    })
final class VmDiffCommand implements Callable<Integer> {
  private static final int DIFFERENT = 1;

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "FILE", description = "A VM image.")
  private String one = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "Another one.")
  private String other = "";

  @Mixin private OutputOption output = new OutputOption();

  VmDiffCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var json = output.isJson();
    var differences = ImageDifferences.between(read(one), read(other));
    var out = context.streams().out();
    if (json) {
      var all = differences.stream().<JsonValue>map(VmDiffCommand::json).toList();
      JsonOption.print(new JsonBuilder().put("differences", new JsonArray(all)), out);
    } else {
      differences.forEach(difference -> out.println(Printable.of(difference.toString())));
    }
    return differences.isEmpty() ? 0 : DIFFERENT;
  }

  private static PeFile read(String name) throws IOException, CommandFailed {
    var file = PinnedFile.parse(name).read(PeFile.MOST_BYTES);
    return PeFile.read(file.path().toString(), file.bytes());
  }

  private static JsonValue json(Difference difference) {
    return new JsonBuilder()
        .put("part", difference.part())
        .put("what", difference.what())
        .put("how", difference.how())
        .build();
  }
}
