package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.ValueBlock.Scope;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.List;
import java.util.stream.Stream;

/// Checks that every block of `env` values is for `global`, for `helm`, or for a
/// service of the mesh.
final class BlocksNameServices {
  private BlocksNameServices() {}

  static void check(List<ValueBlock> blocks, List<MeshService> services, Problems problems) {
    var names = services.stream().map(service -> service.name().value()).toList();
    for (var block : blocks) {
      if (block.scope() instanceof Scope.Service(var name) && !names.contains(name.value())) {
        var known = Stream.concat(Stream.of("global", "helm"), names.stream()).toList();
        var diagnostic =
            Diagnostic.error(
                    DiagnosticId.UNKNOWN_SERVICE,
                    name.span(),
                    "service `%s` is not in this mesh".formatted(name.quotable()))
                .labelled("neither a service nor `global` nor `helm`");
        problems.addSuggesting(diagnostic, known, name.value());
      }
    }
  }
}
