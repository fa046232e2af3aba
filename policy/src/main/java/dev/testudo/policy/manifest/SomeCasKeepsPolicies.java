package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.List;

/// Checks that one CAS of a mesh has the role `cas`. That CAS stores the sessions
/// of the application.
final class SomeCasKeepsPolicies {
  private SomeCasKeepsPolicies() {}

  static void check(List<CasInstance> instances, Problems problems) {
    if (!instances.isEmpty() && instances.stream().noneMatch(cas -> cas.serves("cas"))) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MISSING_KEY,
                  instances.getFirst().name().span(),
                  "no CAS of this mesh has the role `cas`")
              .labelled("this one has another")
              .helped("name one of them `cas`, or give it that `alias`"));
    }
  }
}
