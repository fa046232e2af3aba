package dev.testudo.cli.convert;

import dev.testudo.cli.convert.NetworkRule.Policy;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads NetworkPolicies (Kubernetes API, `networking.k8s.io/v1`).
///
/// @param workloads the pods that policies can select
/// @param namespace the namespace of all objects
record NetworkPolicyReader(Tree tree, List<Workload> workloads, String namespace) {
  private static final String NAME_OF_NAMESPACE = "kubernetes.io/metadata.name";
  private static final Set<String> EVERYWHERE = Set.of("0.0.0.0/0", "::/0");
  private static final String LOOKUPS = "53";

  /// Reads which pods a policy selects and isolates.
  Policy policy(KubernetesObject object) {
    var spec = tree.mapping(object.root(), "spec");
    if (spec.isEmpty()) {
      report(object.kind().span(), "a NetworkPolicy needs `spec`");
    }
    var policy = spec.orElse(object.root());
    var types = tree.texts(policy, "policyTypes").stream().map(Text::value).toList();
    return new Policy(
        object,
        policy,
        selected(policy),
        types.isEmpty() || types.contains("Ingress"),
        types.contains("Egress") || (types.isEmpty() && tree.has(policy, "egress")));
  }

  private List<Workload> selected(Mapping policy) {
    var selector =
        tree.mapping(policy, "podSelector").map(s -> Selector.read(s, tree)).orElse(all());
    return workloads.stream().filter(w -> selector.accepts(w.labels())).toList();
  }

  private static Selector all() {
    return new Selector(List.of());
  }

  /// Returns the rules of a policy.
  List<NetworkRule> rules(Policy policy) {
    var rules = new ArrayList<NetworkRule>();
    if (policy.isolatesIngress()) {
      for (var rule : tree.mappings(policy.spec(), "ingress")) {
        rule(policy, rule, false).ifPresent(rules::add);
      }
    }
    if (policy.isolatesEgress()) {
      for (var rule : tree.mappings(policy.spec(), "egress")) {
        rule(policy, rule, true).ifPresent(rules::add);
      }
    }
    return rules;
  }

  private Optional<NetworkRule> rule(Policy policy, Mapping rule, boolean isEgress) {
    var place = rule.entries().isEmpty() ? policy.object().name().span() : Tree.place(rule);
    var ports = ports(rule);
    if (ports.isPresent() && ports.get().isEmpty()) {
      return Optional.empty();
    }
    var peers = tree.mappings(rule, isEgress ? "to" : "from");
    var found = new LinkedHashSet<Workload>();
    var isForAll = peers.isEmpty();
    for (var peer : peers) {
      isForAll |= peer(peer, isEgress, found);
    }
    return Optional.of(new NetworkRule(isEgress, policy.selected(), found, isForAll, ports, place));
  }

  /// Returns the TCP ports of a rule, or nothing for all ports.
  private Optional<List<Text>> ports(Mapping rule) {
    if (!tree.has(rule, "ports")) {
      return Optional.empty();
    }
    var ports = new ArrayList<Text>();
    for (var port : tree.mappings(rule, "ports")) {
      var protocol = tree.text(port, "protocol").map(Text::value).orElse("TCP");
      var number = tree.text(port, "port");
      if (!protocol.equals("TCP")) {
        var isLookup = number.filter(n -> n.value().equals(LOOKUPS)).isPresent();
        if (!isLookup) {
          warn(Tree.place(port), protocol + " is refused in a mesh", "the rule has no effect");
        }
      } else if (tree.has(port, "endPort") || number.isEmpty()) {
        report(Tree.place(port), "a rule for a range of ports cannot be converted");
      } else if (!number.get().value().equals(LOOKUPS)) {
        ports.add(number.get());
      }
    }
    return Optional.of(ports);
  }

  /// Adds the pods of a peer to `found`. Returns true if the peer is everybody.
  private boolean peer(Mapping peer, boolean isEgress, Set<Workload> found) {
    var block = tree.mapping(peer, "ipBlock");
    if (block.isPresent()) {
      var range = tree.requiredText(block.get(), "cidr", "an `ipBlock`");
      var isAll = range.filter(r -> EVERYWHERE.contains(r.value())).isPresent();
      if (isAll && !tree.has(block.get(), "except")) {
        return true;
      }
      warn(
          Tree.place(peer),
          "a range of addresses cannot be expressed in a mesh",
          "these connections are refused");
      return false;
    }
    var elsewhere = tree.mapping(peer, "namespaceSelector");
    if (elsewhere.isPresent() && !isOwnNamespace(elsewhere.get())) {
      warn(
          Tree.place(peer),
          "pods of other namespaces are not part of the mesh",
          "connections %s them are refused".formatted(isEgress ? "to" : "from"));
      if (!elsewhere.get().entries().isEmpty()) {
        return false;
      }
    }
    var selector = tree.mapping(peer, "podSelector").map(s -> Selector.read(s, tree)).orElse(all());
    workloads.stream().filter(w -> selector.accepts(w.labels())).forEach(found::add);
    return false;
  }

  private boolean isOwnNamespace(Mapping selector) {
    var labels = tree.strings(selector, "matchLabels");
    return labels.size() == 1
        && !tree.has(selector, "matchExpressions")
        && labels.containsKey(NAME_OF_NAMESPACE)
        && labels.get(NAME_OF_NAMESPACE).value().equals(namespace);
  }

  private void warn(Span place, String message, String label) {
    tree.problems()
        .add(Diagnostic.warning(DiagnosticId.NOT_SUPPORTED_YET, place, message).labelled(label));
  }

  private void report(Span place, String message) {
    tree.problems().add(Diagnostic.error(DiagnosticId.NOT_SUPPORTED_YET, place, message));
  }
}
