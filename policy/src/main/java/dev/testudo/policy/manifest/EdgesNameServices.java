package dev.testudo.policy.manifest;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks that every entry of `connects` leads to another service of the mesh, and that both ends
/// have names that a certificate can contain.
final class EdgesNameServices {
  private final List<String> names;
  private final Problems problems;
  private final Set<String> unnameable = new HashSet<>();

  private EdgesNameServices(List<MeshService> services, Problems problems) {
    this.names = services.stream().map(service -> service.name().value()).toList();
    this.problems = problems;
  }

  static void check(List<MeshService> services, Problems problems) {
    var rule = new EdgesNameServices(services, problems);
    for (var service : services) {
      for (var edge : service.network().edges()) {
        if (edge instanceof DeclaredEdge.ToService(var to, _, _)) {
          rule.check(service.name(), to);
        }
      }
    }
  }

  private void check(Text from, Text to) {
    if (!names.contains(to.value())) {
      problems.add(unknown(to));
      return;
    }
    if (from.value().equals(to.value())) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  to.span(),
                  "service `%s` connects to itself".formatted(to.value()))
              .labelled("an entry leads to another service")
              .helped("for its own use, allow a port by shield variables in its manifest"));
    }
    requireNameable(from);
    requireNameable(to);
  }

  private Diagnostic unknown(Text to) {
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.UNKNOWN_SERVICE,
                to.span(),
                "service `%s` is not in this mesh".formatted(to.quotable()))
            .labelled("no service of this name");
    return problems
        .suggesting(diagnostic, names, to.value())
        .helped(
            "for a host outside the mesh, write `{host: %s, port: …}`".formatted(to.quotable()));
  }

  /// Reports a service whose name cannot be a host name, once.
  private void requireNameable(Text name) {
    if (!Hosts.isDnsName(name.value()) && unnameable.add(name.value())) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_NAME,
                  name.span(),
                  "`%s` is not a host name".formatted(name.quotable()))
              .labelled("its certificate would contain this name")
              .helped("rename the service: letters, digits, `-` and `_`, with dots between parts"));
    }
  }
}
