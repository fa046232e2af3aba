package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.MainMode;
import dev.testudo.policy.shield.VariableName.OfRule;
import dev.testudo.policy.shield.VariableName.Side;
import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.shield.VariableName.Unknown;
import dev.testudo.policy.shield.VariableName.Unsupported;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Spelling;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Groups variables by rule and then reads each rule.
final class ShieldReader {
  private static final List<String> MAIN_MODES = List.of("disabled", "unprotected", "protected");

  private final Map<String, Text> variables;
  private final Problems problems = new Problems();
  private final Map<String, Text> modes = new TreeMap<>();
  private final Map<String, Map<Suffix, Text>> values = new TreeMap<>();
  private Optional<Text> main = Optional.empty();
  private Optional<Text> unsupported = Optional.empty();

  ShieldReader(Map<String, Text> variables) {
    this.variables = variables;
  }

  Parsed<ShieldRules> read() {
    variables.forEach(this::sort);
    reportSuffixesWithoutMode();
    var mode = mode();
    var unsupportedProtocols = unsupportedProtocols(mode);
    var servers =
        rules(Side.SERVER).stream()
            .flatMap(rule -> new ServerRuleReader(rule, problems).read().stream())
            .toList();
    var clients =
        rules(Side.CLIENT).stream()
            .flatMap(rule -> new ClientRuleReader(rule, problems).read().stream())
            .toList();
    new RulesAreDistinct(values, problems).check(servers, clients);
    var stated = new ShieldRules(mode, unsupportedProtocols, servers, clients);
    if (!problems.anyErrors()) {
      new RulesHaveEffect(modes, unsupported, problems).check(stated);
    }
    if (mode == DefaultMode.DISABLED) {
      return problems.result(() -> disabled(unsupportedProtocols));
    }
    return problems.result(() -> stated);
  }

  private void sort(String name, Text value) {
    switch (VariableName.parse(name)) {
      case MainMode() -> main = Optional.of(value);
      case Unsupported() -> unsupported = Optional.of(value);
      case Unknown(var tail) -> reportUnknown(name, tail, value);
      case OfRule(var side, var rule, var suffix) when suffix.isEmpty() ->
          sortMode(side, rule, value);
      case OfRule(_, var rule, var suffix) ->
          values
              .computeIfAbsent(rule.value(), _ -> new EnumMap<>(Suffix.class))
              .put(suffix.orElseThrow(), value);
    }
  }

  /// Adds the mode of a rule, or reports a misspelled suffix. The name alone cannot tell the two
  /// apart, but a value that is no mode can.
  private void sortMode(Side side, RuleName rule, Text value) {
    if (RuleMode.parse(value.value()).isEmpty()) {
      var near = Suffix.nearest(rule.value());
      var tail = near.isPresent() ? near.get().writtenIn(rule) : afterAnotherRule(side, rule);
      if (tail.isPresent()) {
        problems.add(new UnknownSuffix(side, rule, tail.get(), near).diagnostic(value.span()));
        return;
      }
    }
    modes.put(rule.value(), value);
  }

  /// Returns the part of the name after the name of another rule that exists.
  private Optional<String> afterAnotherRule(Side side, RuleName rule) {
    var name = rule.value();
    for (var end = name.lastIndexOf('_');
        end > side.toString().length();
        end = name.lastIndexOf('_', end - 1)) {
      if (variables.containsKey(new RuleName(name.substring(0, end)).variable())) {
        return Optional.of(name.substring(end + 1));
      }
    }
    return Optional.empty();
  }

  private void reportUnknown(String name, String tail, Text value) {
    var diagnostic =
        Diagnostic.error(
            DiagnosticId.UNKNOWN_SHIELD_VARIABLE,
            value.span(),
            "variable `%s` is not known".formatted(name));
    var first = tail.contains("_") ? tail.substring(0, tail.indexOf('_')) : tail;
    problems.add(
        Spelling.nearest(tail, List.of("UNSUPPORTED_PROTOCOLS"))
            .or(() -> Spelling.nearest(first, List.of("SERVER", "CLIENT")).map(s -> s + "_<name>"))
            .map(
                near ->
                    diagnostic.helped(
                        "did you mean `%s_%s`?".formatted(ShieldVariables.PREFIX, near)))
            .orElseGet(
                () ->
                    diagnostic.helped(
                        "rules are named `%s_SERVER_<name>` and `%s_CLIENT_<name>`"
                            .formatted(ShieldVariables.PREFIX, ShieldVariables.PREFIX))));
  }

  private void reportSuffixesWithoutMode() {
    values.forEach(
        (rule, suffixes) -> {
          if (!modes.containsKey(rule)) {
            var first = suffixes.entrySet().iterator().next();
            var name = new RuleName(rule);
            problems.add(
                Diagnostic.error(
                        DiagnosticId.MISSING_SHIELD_VARIABLE,
                        first.getValue().span(),
                        "`%s_%s` belongs to a rule without a mode"
                            .formatted(name.variable(), first.getKey()))
                    .labelled("`%s` is missing".formatted(name.variable()))
                    .helped(
                        "set `%s` to unprotected, protected or refuse".formatted(name.variable())));
          }
        });
  }

  private DefaultMode mode() {
    if (main.isEmpty()) {
      return variables.isEmpty() ? DefaultMode.DISABLED : DefaultMode.UNPROTECTED;
    }
    return switch (main.get().value()) {
      case "disabled" -> DefaultMode.DISABLED;
      case "unprotected" -> DefaultMode.UNPROTECTED;
      case "protected" -> DefaultMode.PROTECTED;
      default -> {
        problems.add(Fields.notAmong(main.get(), "`SCONE_NETWORK_SHIELD`", MAIN_MODES));
        yield DefaultMode.PROTECTED;
      }
    };
  }

  private UnsupportedProtocols unsupportedProtocols(DefaultMode mode) {
    if (unsupported.isEmpty()) {
      return mode == DefaultMode.PROTECTED
          ? UnsupportedProtocols.REFUSE
          : UnsupportedProtocols.UNPROTECTED;
    }
    return switch (unsupported.get().value()) {
      case "unprotected" -> UnsupportedProtocols.UNPROTECTED;
      case "refuse" -> UnsupportedProtocols.REFUSE;
      default -> {
        var name = "`SCONE_NETWORK_SHIELD_UNSUPPORTED_PROTOCOLS`";
        problems.add(Fields.notAmong(unsupported.get(), name, List.of("unprotected", "refuse")));
        yield UnsupportedProtocols.REFUSE;
      }
    };
  }

  private List<RuleVariables> rules(Side side) {
    return modes.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(side + "_"))
        .map(
            entry ->
                new RuleVariables(
                    new RuleName(entry.getKey()),
                    entry.getValue(),
                    values.getOrDefault(entry.getKey(), Map.of())))
        .toList();
  }

  private ShieldRules disabled(UnsupportedProtocols unsupportedProtocols) {
    return new ShieldRules(DefaultMode.DISABLED, unsupportedProtocols, List.of(), List.of());
  }
}
