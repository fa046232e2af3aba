package dev.testudo.agent.mesh;

import dev.testudo.agent.program.ServiceThread;
import dev.testudo.agent.view.ContainerFiles;
import dev.testudo.linux.process.Command;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.Shown;
import java.util.List;

/// A service's program with everything that it is started with.
///
/// @param thread the preparation of the thread that starts it
/// @param names how the program's lookups are answered
/// @param shown the injected and the encrypted files that the shield shows; empty if they are
///     placed in a view
record PreparedService(
    Command command, ServiceThread thread, ProgramNames names, List<Shown> shown) {
  PreparedService {
    shown = List.copyOf(shown);
  }

  /// Returns whether the program is root in a container, where it cannot change its user.
  boolean isRootOfContainer() {
    return thread.files() instanceof ContainerFiles && thread.user().uid() == 0;
  }

  ShieldRules rules() {
    return thread.rules();
  }
}
