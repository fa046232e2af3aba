package dev.testudo.agent.mesh;

import dev.testudo.agent.program.ServiceThread;
import dev.testudo.linux.process.Command;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.Resolver;
import dev.testudo.trust.channel.InjectedFile;
import java.util.List;

/// A service's program with everything that it is started with.
///
/// @param thread what it is started from
/// @param names how the program's own look-ups answer
/// @param secrets what to wipe once the program runs
record PreparedService(
    Command command, ServiceThread thread, Resolver names, List<InjectedFile> secrets)
    implements AutoCloseable {
  ShieldRules rules() {
    return thread.rules();
  }

  @Override
  public void close() {
    secrets.forEach(file -> file.content().close());
  }
}
