package dev.testudo.cli.up;

import dev.testudo.cli.board.MeshView.ServiceRow;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Parsed;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// Decides when a service is ready: its program runs and listens on every port for which
/// it has a server rule.
final class Readiness {
  private final Map<String, Set<Integer>> expected = new LinkedHashMap<>();

  Readiness(List<PlannedService> services) {
    for (var service : services) {
      expected.put(service.name(), ports(service));
    }
  }

  private static Set<Integer> ports(PlannedService service) {
    // The agent refuses rules that cannot be read and reports the reason, so nothing will listen.
    return switch (ShieldVariables.read(service.launch().environment())) {
      case Parsed.Invalid<ShieldRules> _ -> Set.of();
      case Parsed.Valid<ShieldRules>(var rules, _) -> {
        var ports = new HashSet<Integer>();
        rules.servers().forEach(rule -> port(rule).ifPresent(ports::add));
        yield ports;
      }
    };
  }

  private static OptionalInt port(ServerRule rule) {
    if (rule.treatment() instanceof ServerTreatment.Refuse) {
      return OptionalInt.empty();
    }
    return switch (rule.listen()) {
      case Listen.Tcp(var port) -> OptionalInt.of(port);
      case Listen.UnixPath _ -> OptionalInt.empty();
    };
  }

  /// Returns true if a running service listens on all its ports.
  boolean isReady(ServiceRow row) {
    return missing(row).isEmpty();
  }

  /// Returns the ports with a server rule on which the service does not listen.
  Set<Integer> missing(ServiceRow row) {
    var missing = new HashSet<>(expected.getOrDefault(row.name(), Set.of()));
    for (var port : row.listening()) {
      var at = port.at();
      missing.removeIf(number -> at.endsWith(":" + number));
    }
    return missing;
  }
}
