package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.MainRegion;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;

/// Finds protected files whose older state would be accepted.
final class RollbacksAreNoticed {
  private RollbacksAreNoticed() {}

  static void check(Session session, Problems problems) {
    for (var image : session.images()) {
      for (var mount : image.mounts()) {
        if (mount.updates() == UpdatePolicy.NO_ROLLBACK_PROTECTION) {
          report(mount.volume().span(), "volume `%s`".formatted(mount.volume().name()), problems);
        }
      }
    }
    for (var service : session.services()) {
      service
          .region()
          .filter(r -> r.updates() == MainRegion.Updates.NO_ROLLBACK_PROTECTION)
          .ifPresent(
              r ->
                  report(
                      service.span(),
                      "the files of service `%s`".formatted(service.name()),
                      problems));
    }
  }

  private static void report(Span span, String what, Problems problems) {
    problems.add(
        Diagnostic.warning(
                DiagnosticId.INSECURE_SETTING,
                span,
                "an older state of %s is accepted".formatted(what))
            .labelled("because of `no_rollback_protection`")
            .helped("leave the update policy out, so that an older state is refused"));
  }
}
