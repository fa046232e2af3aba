package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Spelling;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Reads the `SCONE_NETWORK_SHIELD*` variables of an environment.
///
/// The syntax is that of SCONE 5.8 to 7.0. Extensions: `_DESTINATION_IP` may be left out, `_ALPN`
/// lists protocols of foreign peers, `_TLS_MIN` accepts older TLS versions, and
/// `SERVER_<name>_CLIENT_NAMES` restricts which clients of an authority may connect.
public final class ShieldVariables {
  /// The name of the variable that sets the mode, with which all others begin.
  public static final String PREFIX = "SCONE_NETWORK_SHIELD";

  private ShieldVariables() {}

  /// Returns true if a variable of the given name configures the shield. Programs must not
  /// see such variables.
  public static boolean isShieldVariable(String name) {
    return name.equals(PREFIX) || name.startsWith(PREFIX + "_");
  }

  /// Returns true if a variable of the given name says which authorities a rule trusts.
  public static boolean namesAuthorities(String name) {
    return isShieldVariable(name)
        && VariableName.parse(name) instanceof VariableName.OfRule(_, _, var suffix)
        && suffix.filter(s -> s == Suffix.CLIENT_AUTH || s == Suffix.SERVER_AUTH).isPresent();
  }

  /// Returns true if such a variable has a value that means: trust everybody.
  public static boolean meansNobody(String value) {
    return PeerAuthReader.meansDisabled(value);
  }

  /// Returns true if the shield variable of the given name holds keys or certificates.
  public static boolean mayHoldKeys(String name) {
    return !VariableName.parse(name).isShowable();
  }

  /// Returns true if a variable of the given name and value may hold keys or certificates. That
  /// includes values that look like a key and names that are near misspellings of one for keys.
  public static boolean mayHoldKeys(String name, String value) {
    if (value.contains("-----BEGIN")) {
      return true;
    }
    return isShieldVariable(name) && !VariableName.parse(name).isShowable(value);
  }

  /// Returns the rules that an environment sets; other variables are ignored. Diagnostics point
  /// into `env:NAME` and do not show values that may hold keys.
  public static Parsed<ShieldRules> read(Map<String, String> environment) {
    return readLocated(located(environment));
  }

  private static Map<String, Text> located(Map<String, String> environment) {
    Map<String, Text> variables = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (isShieldVariable(name) || name.startsWith("SCONE_")) {
            variables.put(name, Text.of(source(name, value)));
          }
        });
    return variables;
  }

  /// Returns the rules that an environment and a file set together. A variable that both set to
  /// different values is an error.
  public static Parsed<ShieldRules> read(Map<String, String> environment, Map<String, Text> file) {
    var variables = located(environment);
    var problems = new Problems();
    file.forEach(
        (name, value) -> {
          if (!isShieldVariable(name) && meant(name).isEmpty()) {
            problems.add(
                Diagnostic.warning(
                        DiagnosticId.WITHOUT_EFFECT,
                        value.span(),
                        "`%s` is not a variable of the shield".formatted(name))
                    .labelled("it does not reach the program; set it in the environment"));
          }
          var other = variables.put(name, value);
          if (other != null && !other.value().equals(value.value())) {
            problems.add(
                Diagnostic.error(
                        DiagnosticId.CONFLICTING_KEYS,
                        value.span(),
                        "the environment gives `%s` another value".formatted(name))
                    .labelled("it is ambiguous which one applies")
                    .helped("remove the variable here, or `unset` it in the environment"));
          }
        });
    return readLocated(variables)
        .withProblems(found -> Stream.concat(problems.found().stream(), found.stream()).toList());
  }

  /// Returns the rules that located variables set. Diagnostics point to their places.
  public static Parsed<ShieldRules> readLocated(Map<String, Text> environment) {
    Map<String, Text> variables = new TreeMap<>(environment);
    variables.keySet().removeIf(name -> !isShieldVariable(name));
    var misspelled = new Problems();
    environment.forEach((name, value) -> reportMisspelled(name, value, misspelled));
    return new ShieldReader(variables)
        .read()
        .withProblems(found -> Stream.concat(misspelled.found().stream(), found.stream()).toList());
  }

  /// Reports a variable with a misspelled prefix, which would silently leave the
  /// program unprotected.
  private static void reportMisspelled(String name, Text value, Problems problems) {
    meant(name)
        .ifPresent(
            right ->
                problems.add(
                    Diagnostic.error(
                            DiagnosticId.UNKNOWN_SHIELD_VARIABLE,
                            value.span(),
                            "variable `%s` is not known".formatted(name))
                        .helped("did you mean `%s`?".formatted(right))));
  }

  /// Returns the shield variable that one with a misspelled prefix was meant to
  /// be; empty for others.
  private static Optional<String> meant(String name) {
    if (isShieldVariable(name) || !name.regionMatches(true, 0, PREFIX, 0, 6)) {
      return Optional.empty();
    }
    for (var end = PREFIX.length() - 1; end <= PREFIX.length() + 1; end++) {
      var isWhole = end == name.length() || (end < name.length() && name.charAt(end) == '_');
      if (isWhole && Spelling.nearest(name.substring(0, end), List.of(PREFIX)).isPresent()) {
        return Optional.of(PREFIX + name.substring(end));
      }
    }
    return Optional.empty();
  }

  private static SourceFile source(String name, String value) {
    var showable = !mayHoldKeys(name, value);
    var shown = new SourceFile("env:" + name, value);
    return showable ? shown : SourceFile.confidential(shown.name(), value);
  }
}
