package dev.testudo.cli.convert;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One rule of a NetworkPolicy, seen from the pods that the policy selects.
///
/// @param isEgress true if the pods connect, false if they are connected to
/// @param selected the pods of the policy
/// @param peers the pods at the other end that are part of the conversion
/// @param isForAll true if everybody may be the other end
/// @param ports numbers and names of TCP ports; empty for all ports
record NetworkRule(
    boolean isEgress,
    List<Workload> selected,
    Set<Workload> peers,
    boolean isForAll,
    Optional<List<Text>> ports,
    Span place) {

  /// Returns true if the rule has a port of a workload.
  boolean hasPort(Workload workload, int port) {
    return ports.isEmpty()
        || ports.get().stream().anyMatch(p -> workload.port(p.value()).orElse(-1) == port);
  }

  /// A NetworkPolicy.
  ///
  /// @param isolatesIngress true if nobody may connect to the selected pods without a rule
  /// @param isolatesEgress true if the selected pods may connect to nobody without a rule
  record Policy(
      KubernetesObject object,
      Mapping spec,
      List<Workload> selected,
      boolean isolatesIngress,
      boolean isolatesEgress) {
    Policy {
      selected = List.copyOf(selected);
    }
  }
}
