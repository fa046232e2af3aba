package dev.testudo.policy.shield;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.Optional;

/// The mode of one rule.
enum RuleMode {
  UNPROTECTED,
  PROTECTED,
  REFUSE;

  static Optional<RuleMode> parse(String text) {
    return switch (text) {
      case "unprotected" -> Optional.of(UNPROTECTED);
      case "protected" -> Optional.of(PROTECTED);
      case "refuse" -> Optional.of(REFUSE);
      default -> Optional.empty();
    };
  }

  static Optional<RuleMode> of(RuleVariables rule, Problems problems) {
    Text text = rule.mode();
    var mode = parse(text.value());
    if (mode.isEmpty()) {
      var name = "`" + rule.name().variable() + "`";
      problems.add(Fields.notAmong(text, name, List.of("unprotected", "protected", "refuse")));
    }
    return mode;
  }
}
