package dev.testudo.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `testudo gramine`.
@Command(
    name = "gramine",
    description = {
      "Makes SGX enclaves of services, which Gramine runs.",
      "docs/gramine.md says what of a service exists there, and what was confirmed."
    })
final class GramineCommand extends CommandGroup {
  static CommandLine build(CliContext context) {
    var all = new CommandLine(new GramineCommand());
    all.addSubcommand(new GramineManifestCommand(context));
    return all;
  }
}
