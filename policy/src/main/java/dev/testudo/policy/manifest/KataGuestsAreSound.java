package dev.testudo.policy.manifest;

import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.List;
import java.util.Optional;

/// Checks the guests of Kata Containers of a mesh: pods have one RuntimeClass and one agent policy
/// per service, and no join tokens, because the policy lets the host copy no Secret to a guest.
final class KataGuestsAreSound {
  private KataGuestsAreSound() {}

  static void check(MeshPolicy policy, List<MeshService> services, Problems problems) {
    var guests = policy.machines().stream().flatMap(one -> one.kata().stream()).toList();
    for (var guest : guests.stream().skip(1).toList()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.CONFLICTING_KEYS,
                  guest.runtimeClass().span(),
                  "a second machine has `kata`")
              .labelled("all pods have the RuntimeClass of the first")
              .helped("keep one; a mesh for another technology has a Meshfile of its own"));
    }
    for (var guest : guests) {
      checkTokens(guest, policy, problems);
      checkServices(guest, services, problems);
    }
  }

  private static void checkTokens(KataGuest guest, MeshPolicy policy, Problems problems) {
    var reason =
        Optional.ofNullable(policy.platform().tolerated().get(Tolerance.SOFTWARE_EVIDENCE))
            .map(span -> "`tolerate: software-evidence` at " + span.place())
            .or(
                () ->
                    policy.fragments().decideOnEvidence()
                        ? Optional.of("a fragment for evidence")
                        : Optional.empty());
    reason.ifPresent(
        why ->
            problems.add(
                Diagnostic.error(
                        DiagnosticId.CONFLICTING_KEYS,
                        guest.runtimeClass().span(),
                        "`kata` and %s exclude each other".formatted(why))
                    .labelled("no join token reaches a guest whose host may copy nothing to it")
                    .helped("keep one of them")));
  }

  private static void checkServices(
      KataGuest guest, List<MeshService> services, Problems problems) {
    var names = services.stream().map(service -> service.name().value()).toList();
    guest
        .policies()
        .forEach(
            (service, file) -> {
              if (!names.contains(service)) {
                var diagnostic =
                    Diagnostic.error(
                            DiagnosticId.UNKNOWN_SERVICE,
                            file.span(),
                            "an agent policy is for a service that is not in this mesh")
                        .labelled("no service has the name of its key");
                problems.addSuggesting(diagnostic, names, service);
              }
            });
  }
}
