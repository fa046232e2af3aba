package dev.testudo.agent.mesh;

import dev.testudo.agent.program.ServiceThread;
import dev.testudo.linux.process.Command;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.Resolver;
import dev.testudo.trust.channel.InjectedFile;
import java.util.List;

/// A service's program with everything that it is started with.
///
/// @param thread the preparation of the thread that starts it
/// @param names the answers of the program's own lookups
/// @param secrets the files to wipe once the program runs
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
