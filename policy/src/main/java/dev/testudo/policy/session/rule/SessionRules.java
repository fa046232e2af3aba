package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Problems;

/// What must hold between the parts of a session, beyond that references lead somewhere.
public final class SessionRules {
  private SessionRules() {}

  public static void check(Session session, Problems problems) {
    checkStored(session, problems);
    SoftwareEvidenceNeedsAToken.check(session, problems);
    OneTokenIsPresented.check(session, problems);
  }

  /// What every version has asked of a session before it was stored.
  public static void checkStored(Session session, Problems problems) {
    FormatsSuitTheirSecrets.check(session, problems);
    BinariesGoIntoFiles.check(session, problems);
    ServicesMustAttest.check(session, problems);
    PrivateSecretsStayPrivate.check(session, problems);
  }
}
