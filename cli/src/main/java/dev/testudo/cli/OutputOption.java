package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import picocli.CommandLine.Option;

/// The options of commands that print text or JSON and whose output has two names: `--json` as
/// everywhere, and `--output json`. docs/cli.md lists what they print.
final class OutputOption {
  @Option(names = "--json", description = "Prints JSON; the same as --output json.")
  private boolean json;

  @Option(
      names = "--output",
      defaultValue = "text",
      paramLabel = "FORMAT",
      description = "The format: text or json (default: text).")
  private String format = "text";

  /// Returns true if JSON is wanted.
  boolean isJson() throws CommandFailed {
    if (!format.equals("text") && !format.equals("json")) {
      throw CommandFailed.usage("--output takes text or json, not `%s`".formatted(format));
    }
    return json || format.equals("json");
  }
}
