package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Problems;
import java.util.List;

/// The linter of sessions. It reports what reading does not: settings that are right but most often
/// a mistake. Each finding is a warning.
public final class SessionLint {
  private SessionLint() {}

  /// Returns the findings about a session.
  public static List<Diagnostic> check(Session session) {
    var problems = new Problems();
    PeersAreAuthenticated.check(session, problems);
    CertificatesSuitTheirUse.check(session, problems);
    SecretsAreUsed.check(session, problems);
    VolumesAreUsed.check(session, problems);
    ExportsArePinned.check(session, problems);
    RollbacksAreNoticed.check(session, problems);
    SomebodyMayUpdate.check(session, problems);
    RulesNameTheService.check(session, problems);
    return problems.found();
  }
}
