package dev.testudo.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `testudo vm`.
@Command(
    name = "vm",
    description = {
      "Makes confidential VM images: a kernel, an agent and a service in one file.",
      "What of it ran on hardware is said in docs/tee.md."
    })
final class VmCommand extends CommandGroup {
  static CommandLine build(CliContext context) {
    var all = new CommandLine(new VmCommand());
    all.addSubcommand(new VmBuildCommand(context));
    all.addSubcommand(new VmMeasureCommand(context));
    all.addSubcommand(new VmRunCommand(context));
    all.addSubcommand(new VmDiffCommand(context));
    return all;
  }
}
