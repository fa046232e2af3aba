package dev.testudo.policy.session;

import dev.testudo.policy.source.Problems;

/// What must hold between the parts of a session, beyond that references lead somewhere.
final class SessionRules {
  private SessionRules() {}

  static void check(Session session, Problems problems) {
    checkStored(session, problems);
    SoftwareEvidenceNeedsAToken.check(session, problems);
    OneTokenIsPresented.check(session, problems);
  }

  /// What every version has asked of a session before it was stored.
  static void checkStored(Session session, Problems problems) {
    FormatsSuitTheirSecrets.check(session, problems);
    BinariesGoIntoFiles.check(session, problems);
    ServicesMustAttest.check(session, problems);
    PrivateSecretsStayPrivate.check(session, problems);
  }
}
