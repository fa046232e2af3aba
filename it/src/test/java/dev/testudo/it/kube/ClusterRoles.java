package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/// Decides by roles who may do what (RBAC), and remembers what was refused.
final class ClusterRoles {
  private record Rule(String namespace, JsonNode rule) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Set<String> refused = new ConcurrentSkipListSet<>();

  /// Permits what a Role or ClusterRole says.
  void grant(JsonNode role) {
    var space =
        role.path("kind").asText().equals("Role") ? role.at("/metadata/namespace").asText() : "";
    role.path("rules").forEach(rule -> rules.add(new Rule(space, rule)));
  }

  /// What was refused so far, as `VERB GROUP/RESOURCE`.
  Set<String> refused() {
    return Set.copyOf(refused);
  }

  /// Answers what the caller may do in a namespace (`SelfSubjectRulesReview`), which everybody may
  /// ask.
  ObjectNode review(ObjectNode asked) {
    var space = asked.at("/spec/namespace").asText();
    var status = asked.putObject("status").put("incomplete", false);
    status.putArray("nonResourceRules");
    var all = status.putArray("resourceRules");
    rules.stream()
        .filter(one -> one.namespace().isEmpty() || one.namespace().equals(space))
        .forEach(one -> all.add(one.rule()));
    return asked;
  }

  void demand(ApiRequest request, String verb) throws ApiFault {
    for (var one : rules) {
      var rule = one.rule();
      if ((one.namespace().isEmpty() || one.namespace().equals(request.namespace()))
          && has(rule.path("apiGroups"), request.group())
          && has(rule.path("resources"), request.resource())
          && has(rule.path("verbs"), verb)
          && (rule.path("resourceNames").isEmpty()
              || has(rule.path("resourceNames"), request.name()))) {
        return;
      }
    }
    var what = "%s %s/%s".formatted(verb, request.group(), request.resource());
    refused.add(what);
    throw new ApiFault(403, "Forbidden", "cannot " + what);
  }

  private static boolean has(JsonNode list, String wanted) {
    for (var one : list) {
      if (one.asText().equals(wanted)) {
        return true;
      }
    }
    return false;
  }
}
