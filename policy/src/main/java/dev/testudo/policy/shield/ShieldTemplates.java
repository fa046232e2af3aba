package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.MainMode;
import dev.testudo.policy.shield.VariableName.OfRule;
import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.shield.VariableName.Unknown;
import dev.testudo.policy.shield.VariableName.Unsupported;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Checks the shield variables of a policy, whose values may contain placeholders for secrets, as
/// far as possible before secrets are inserted. Keys and certificates are checked when the service
/// starts.
///
/// A value with a placeholder is replaced by a stand-in that is correct, and what follows from the
/// stand-in is not reported.
public final class ShieldTemplates {
  private static final String PLACEHOLDER = "$$SCONE:";
  private static final int LAST_PORT = 65_535;

  private final Map<String, Text> environment;
  private final Map<String, Text> stated = new TreeMap<>();

  /// The rules of which not everything is known, and among them those of unknown mode.
  private final Set<RuleName> open = new HashSet<>();

  private final Set<RuleName> modeless = new HashSet<>();
  private boolean openDefault;
  private int nextPort = LAST_PORT;

  private ShieldTemplates(Map<String, Text> environment) {
    this.environment = environment;
  }

  /// Reports what is wrong with the shield variables of `environment`, whatever its secrets are.
  public static void check(Map<String, Text> environment, Problems problems) {
    var templates = new ShieldTemplates(environment);
    environment.forEach(templates::state);
    ShieldVariables.readLocated(templates.stated).diagnostics().stream()
        .filter(templates::isCertain)
        .forEach(problems::add);
  }

  private void state(String name, Text value) {
    if (!isOpen(name, value)) {
      stated.put(name, value);
      return;
    }
    switch (VariableName.parse(name)) {
      case MainMode(), Unsupported() -> openDefault = true;
      case Unknown _ -> stated.put(name, value);
      case OfRule(_, var rule, var suffix) -> {
        open.add(rule);
        if (suffix.isEmpty()) {
          modeless.add(rule);
        }
        standIn(suffix, value).ifPresent(text -> stated.put(name, value.withValue(text)));
      }
    }
  }

  /// Returns true if the value of a shield variable is known only once secrets are inserted. Keys
  /// and certificates are not looked at before that anyway.
  private static boolean isOpen(String name, Text value) {
    return ShieldVariables.isShieldVariable(name)
        && value.value().contains(PLACEHOLDER)
        && !(VariableName.parse(name) instanceof OfRule(_, _, var suffix)
            && suffix.isPresent()
            && !VariableName.isShowable(suffix.get()));
  }

  /// Returns a correct value for a variable of a rule. Empty for one that may be left out. A mode
  /// stays as it is, because what is no mode may be the value of a misspelled suffix.
  private Optional<String> standIn(Optional<Suffix> suffix, Text value) {
    if (suffix.isEmpty()) {
      return Optional.of(value.value());
    }
    return switch (suffix.get()) {
      case PORT -> Optional.of("TCP:" + unusedPort());
      case DESTINATION -> Optional.of("TCP:unknown.invalid:" + unusedPort());
      case SERVER_DNS_NAME, CLIENT_NAMES -> Optional.of("unknown.invalid");
      case DESTINATION_IP, ALPN, TLS_MIN, IDENTITY, CLIENT_AUTH, SERVER_AUTH -> Optional.empty();
    };
  }

  /// Returns a port that no other rule has, so that a stand-in overlaps with nothing.
  private int unusedPort() {
    while (environment.values().stream().anyMatch(v -> v.value().endsWith(":" + nextPort))) {
      nextPort--;
    }
    return nextPort--;
  }

  private boolean isCertain(Diagnostic diagnostic) {
    if (diagnostic.id() == DiagnosticId.UNKNOWN_SHIELD_VARIABLE) {
      return true;
    }
    if (openDefault && !diagnostic.isError()) {
      return false;
    }
    return environment.entrySet().stream()
        .filter(variable -> variable.getValue().span().equals(diagnostic.span()))
        .noneMatch(variable -> dependsOnSecret(variable.getKey(), variable.getValue(), diagnostic));
  }

  private boolean dependsOnSecret(String name, Text value, Diagnostic diagnostic) {
    if (isOpen(name, value)) {
      return true;
    }
    return ShieldVariables.isShieldVariable(name)
        && VariableName.parse(name) instanceof OfRule(_, var rule, _)
        && (modeless.contains(rule) || (open.contains(rule) && !diagnostic.isError()));
  }
}
