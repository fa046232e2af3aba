package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.Configuration;
import java.util.ArrayList;

/// Refuses to start a program whose policy has volumes, because this agent cannot mount them.
/// Without them, the program would find an empty folder, or files that nobody protects.
final class Unmountable {
  private Unmountable() {}

  /// Checks that the policy of a service asks for no volumes.
  static void demandNone(Configuration configuration, String service) throws AgentFailure {
    var files = configuration.protectedFiles();
    var asked = new ArrayList<String>();
    for (var volume : files.volumes()) {
      asked.add("volume `%s` at `%s`".formatted(volume.volume().name(), volume.path()));
    }
    if (!asked.isEmpty()) {
      throw AgentFailure.input(
          "the policy gives service `%s` volumes, which this version cannot mount, so the program is not started: %s"
              .formatted(service, String.join(", ", asked)));
    }
  }
}
