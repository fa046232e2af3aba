package dev.testudo.agent.program;

import dev.testudo.agent.view.ProgramFiles;
import dev.testudo.linux.process.Prctl;
import dev.testudo.linux.process.ProgramUser;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.ThreadPreparation;
import java.io.IOException;

/// Prepares the thread that starts a service's program: gives it the program's view of the file
/// system and the service's user.
///
/// @param rules the rules of the program's shield
public record ServiceThread(ProgramFiles files, UserIds user, ShieldRules rules)
    implements ThreadPreparation {
  @Override
  public void prepare() throws IOException {
    ServiceUser.openOutputs(user);
    files.enter();
    Prctl.gainNoPrivileges();
    ProgramUser.become(user, ServiceUser.capabilities(rules, files, user));
  }
}
