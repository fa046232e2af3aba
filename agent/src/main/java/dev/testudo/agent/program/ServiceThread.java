package dev.testudo.agent.program;

import dev.testudo.agent.view.ProgramView;
import dev.testudo.linux.process.Prctl;
import dev.testudo.linux.process.ProgramUser;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.ThreadPreparation;
import java.io.IOException;

/// Makes the thread that starts a service's program what the program shall be: it has the program's
/// view of files and is the service's user.
///
/// @param rules those that the program runs under
public record ServiceThread(ProgramView view, UserIds user, ShieldRules rules)
    implements ThreadPreparation {
  @Override
  public void prepare() throws IOException {
    ServiceUser.openOutputs(user);
    view.enter();
    Prctl.gainNoPrivileges();
    ProgramUser.become(user, ServiceUser.capabilities(rules));
  }
}
