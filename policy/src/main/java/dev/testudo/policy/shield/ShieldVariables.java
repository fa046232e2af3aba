package dev.testudo.policy.shield;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.util.Map;
import java.util.TreeMap;

/// Reads the `SCONE_NETWORK_SHIELD*` variables of an environment.
///
/// The syntax is that of SCONE 5.8 to 7.0. Extensions: `_DESTINATION_IP` may be left out, `_ALPN`
/// lists protocols of foreign peers, `_TLS_MIN` admits older ones, and `SERVER_<name>_CLIENT_NAMES`
/// says which clients of an authority are meant.
public final class ShieldVariables {
  static final String PREFIX = "SCONE_NETWORK_SHIELD";

  private ShieldVariables() {}

  /// True if the shield is configured by a variable of that name, so that programs must not see
  /// it.
  public static boolean isShieldVariable(String name) {
    return name.equals(PREFIX) || name.startsWith(PREFIX + "_");
  }

  /// True if the value of a shield variable of that name is keys or certificates.
  public static boolean mayHoldKeys(String name) {
    return !VariableName.parse(name).isShowable();
  }

  /// The rules that an environment states; other variables are ignored. Diagnostics point into
  /// `env:NAME`, and values that may hold keys are not shown.
  public static Parsed<ShieldRules> read(Map<String, String> environment) {
    Map<String, Text> variables = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (isShieldVariable(name)) {
            variables.put(name, Text.of(source(name, value)));
          }
        });
    return readLocated(variables);
  }

  /// The same for variables that are written in a file; diagnostics point there.
  public static Parsed<ShieldRules> readLocated(Map<String, Text> environment) {
    Map<String, Text> variables = new TreeMap<>(environment);
    variables.keySet().removeIf(name -> !isShieldVariable(name));
    return new ShieldReader(variables).read();
  }

  private static SourceFile source(String name, String value) {
    var showable = !mayHoldKeys(name) && !value.contains("-----BEGIN");
    var shown = new SourceFile("env:" + name, value);
    return showable ? shown : SourceFile.confidential(shown.name(), value);
  }
}
