package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads how Kata Containers starts a machine.
record KataReader(Problems problems) {
  /// The key in a machine.
  static final String KEY = "kata";

  /// The names of objects of a cluster.
  static final String CLASS = "^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$";

  static final int MOST_VCPUS = 1024;
  static final int LEAST_MEMORY = 256;
  static final int MOST_MEMORY = 4 << 20;

  private static final Pattern CLASS_NAME = Pattern.compile(CLASS);
  private static final String AGENT_POLICIES = "agent_policies";

  Optional<KataGuest> read(YamlNode node) {
    return Fields.of(node, MeshKeys.KATA, problems).flatMap(this::read);
  }

  private Optional<KataGuest> read(Fields fields) {
    var runtimeClass = fields.requiredText("runtime_class").filter(this::isClass);
    fields.reportIfMissing("vcpus");
    var vcpus = fields.number("vcpus", 1, MOST_VCPUS);
    fields.reportIfMissing("memory");
    var memory = fields.number("memory", LEAST_MEMORY, MOST_MEMORY);
    Map<String, Text> configuration = new LinkedHashMap<>();
    fields.text("aa").ifPresent(file -> configuration.put("aa.toml", file));
    fields.text("cdh").ifPresent(file -> configuration.put("cdh.toml", file));
    var policies = fields.node(AGENT_POLICIES).map(this::policies).orElse(Map.of());
    fields.noOthers();
    return runtimeClass.isEmpty() || vcpus.isEmpty() || memory.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new KataGuest(runtimeClass.get(), vcpus.get(), memory.get(), configuration, policies));
  }

  private boolean isClass(Text text) {
    var legal = CLASS_NAME.matcher(text.value()).matches();
    if (!legal) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_NAME,
                  text.span(),
                  "`%s` is not the name of a RuntimeClass".formatted(text.quotable()))
              .labelled("it has lower-case letters, digits, `-` and `.`"));
    }
    return legal;
  }

  private Map<String, Text> policies(YamlNode node) {
    Map<String, Text> policies = new LinkedHashMap<>();
    if (!(node instanceof Mapping mapping)) {
      problems.add(Fields.noMapping(node, "`" + AGENT_POLICIES + "`"));
      return policies;
    }
    for (var entry : mapping.entries()) {
      Fields.text(entry.value(), "`" + entry.key().text() + "`", problems)
          .ifPresent(file -> policies.put(entry.key().text(), file));
    }
    return policies;
  }
}
