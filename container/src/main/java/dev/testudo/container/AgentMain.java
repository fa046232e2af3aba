package dev.testudo.container;

import dev.testudo.agent.mesh.AgentCommand;
import dev.testudo.agent.report.Bugs;
import java.nio.file.Path;
import java.util.List;

/// The entry point of a container. Passes arguments, environment and streams to the agent, and
/// exits with its exit code.
public final class AgentMain {
  /// The directory of everything that belongs to the agent: the runtime, its libraries, the
  /// AOT cache.
  private static final String LIB = "testudo.lib";

  private AgentMain() {}

  public static void main(String[] args) {
    Bugs.endTheProcess();
    System.exit(
        Bugs.report(
            () ->
                AgentCommand.run(
                    List.of(args),
                    System.getenv(),
                    Path.of(System.getProperty(LIB, "/.testudo/lib")),
                    System.in,
                    System.out,
                    System.err)));
  }
}
