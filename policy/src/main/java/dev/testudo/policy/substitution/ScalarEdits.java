package dev.testudo.policy.substitution;

import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.Map;
import java.util.TreeMap;

/// The scalars that differ between two trees of the same shape, by offset in the source.
final class ScalarEdits {
  private final Map<Integer, Scalar> changed = new TreeMap<>();

  void compare(YamlNode before, YamlNode after) {
    switch (before) {
      case Mapping mapping -> {
        for (var i = 0; i < mapping.entries().size(); i++) {
          compare(mapping.entries().get(i).value(), ((Mapping) after).entries().get(i).value());
        }
      }
      case Sequence sequence -> {
        for (var i = 0; i < sequence.items().size(); i++) {
          compare(sequence.items().get(i), ((Sequence) after).items().get(i));
        }
      }
      case Scalar scalar -> {
        if (!scalar.equals(after)) {
          // An anchored scalar is visited once per alias, always at the same offset:
          // one edit covers all.
          changed.put(scalar.span().start(), (Scalar) after);
        }
      }
    }
  }

  SourceFile applyTo(SourceFile source) {
    var result = new StringBuilder();
    var done = 0;
    for (var scalar : changed.values()) {
      result.append(source.text(), done, scalar.span().start()).append(scalar.written());
      done = scalar.span().end();
    }
    result.append(source.text(), done, source.text().length());
    return new SourceFile(source.name(), result.toString());
  }
}
