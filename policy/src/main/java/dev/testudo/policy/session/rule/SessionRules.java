package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Problems;

/// The rules between the parts of a session. References have been resolved before.
public final class SessionRules {
  private SessionRules() {}

  public static void check(Session session, Problems problems) {
    checkStored(session, problems);
    SoftwareEvidenceNeedsAToken.check(session, problems);
    OneTokenIsPresented.check(session, problems);
    PasswordsHaveStrongSecrets.check(session, problems);
    TermsHaveEffect.check(session, problems);
    RulesNameCode.check(session, problems);
    ShieldRulesAreSound.check(session, problems);
    FilesKeysAreSecret.check(session, problems);
    VolumeExportsAreDistinct.check(session, problems);
    MountsHaveTheirOwnPlace.check(session, problems);
    TagsAreSynced.check(session, problems);
  }

  /// Checks the rules that every version of CAS has applied before storing a session.
  public static void checkStored(Session session, Problems problems) {
    FormatsSuitTheirSecrets.check(session, problems);
    BinariesGoIntoFiles.check(session, problems);
    ServicesMustAttest.check(session, problems);
    PrivateSecretsStayPrivate.check(session, problems);
  }
}
