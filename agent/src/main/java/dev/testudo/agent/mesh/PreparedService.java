package dev.testudo.agent.mesh;

import dev.testudo.agent.program.ServiceThread;
import dev.testudo.linux.process.Command;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.Resolver;

/// A service's program with everything that it is started with.
///
/// @param thread the preparation of the thread that starts it
/// @param names the answers of the program's own lookups
record PreparedService(Command command, ServiceThread thread, Resolver names) {
  ShieldRules rules() {
    return thread.rules();
  }
}
