package dev.testudo.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `testudo attest collateral`.
@Command(
    name = "collateral",
    description = {
      "Keeps what Intel and AMD publish about platforms: certificates, revocation lists, TCB levels.",
      "Each document is signed, so a folder of them is enough. Several processes can use it at once, also a CAS."
    })
final class CollateralCommand extends CommandGroup {
  private CollateralCommand() {}

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new CollateralCommand());
    all.addSubcommand(new CollateralFetchCommand(context));
    all.addSubcommand(new CollateralImportCommand(context));
    all.addSubcommand(new CollateralExportCommand(context));
    all.addSubcommand(new CollateralListCommand(context));
    all.addSubcommand(new CollateralExpiresCommand(context));
    return all;
  }
}
