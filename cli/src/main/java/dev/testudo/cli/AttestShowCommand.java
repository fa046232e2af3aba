package dev.testudo.cli;

import dev.testudo.cli.attest.EvidenceInput;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo attest show`.
@Command(
    name = "show",
    description = {
      "Shows every field of evidence with its meaning. It verifies nothing.",
      "Anybody can write a file that this command shows. Use `testudo attest verify` before you believe a value."
    })
final class AttestShowCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "FILE", description = "The file with the evidence; - is standard input.")
  private String file = "";

  @Mixin private JsonOption json = new JsonOption();

  AttestShowCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailed {
    var bytes = EvidenceInput.read(file, context.streams().in());
    var evidence = evidence(bytes);
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(
          new JsonBuilder()
              .put("verified", false)
              .put("isolation", evidence.isolation().toString()),
          out);
    } else {
      out.println("NOT VERIFIED: evidence of " + evidence.isolation());
    }
    return 0;
  }

  private Evidence evidence(byte[] bytes) throws CommandFailed {
    try {
      return EvidenceJson.decode(JsonMembers.read(bytes, EvidenceInput.MOST_BYTES, "evidence"));
    } catch (MessageException e) {
      throw CommandFailed.input("%s: %s".formatted(file, e.getMessage()));
    }
  }
}
