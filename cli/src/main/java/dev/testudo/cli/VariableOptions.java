package dev.testudo.cli;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/// Options with the values of `$VAR` placeholders in a session.
final class VariableOptions {
  @Option(
      names = {"-e", "--env"},
      paramLabel = "VAR=VALUE",
      description = "A value for $VAR in a session. Can be given several times.")
  private Map<String, String> given = new HashMap<>();

  @Option(names = "--use-env", description = "Takes values that no -e gives from the environment.")
  private boolean useEnvironment;

  /// Returns all values. Those of `-e` take precedence.
  Map<String, String> all(Map<String, String> environment) {
    var all = new HashMap<String, String>();
    if (useEnvironment) {
      all.putAll(environment);
    }
    all.putAll(given);
    return all;
  }
}
