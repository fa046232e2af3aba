package dev.testudo.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `testudo attest`: evidence of hardware, and what manufacturers publish about it. The
/// attestation of a CAS is [CasCommand.Attest].
@Command(
    name = "attest",
    description = {
      "Shows and verifies evidence of hardware, in files.",
      "These commands ask no CAS. `testudo cas attest` checks the key of a CAS."
    })
final class AttestCommand extends CommandGroup {
  private AttestCommand() {
    super(Map.of("evidence", "Prints the evidence of this machine, as an agent shows it."));
  }

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new AttestCommand());
    all.addSubcommand(new AttestShowCommand(context));
    all.addSubcommand(new AttestVerifyCommand(context));
    all.addSubcommand(CollateralCommand.build(context));
    return all;
  }
}
