package dev.testudo.agent.mounter;

import dev.testudo.agent.AgentFailure;
import dev.testudo.linux.process.Prctl;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `testudo agent node-mounter`: mounts volumes for agents that may not.
public final class NodeMounterCommand {
  /// The first word of the command.
  public static final String COMMAND = "node-mounter";

  private static final String HELP =
      """
      Usage: testudo agent node-mounter --listen SOCKET --below DIR [--below DIR]...
      Runs on a node, as root and in its PID namespace. Mounts volumes into containers
      whose agents may not mount themselves, and gives them the FUSE device. It never
      sees keys or content.
            --below DIR      Where in containers it mounts. Can be given several
                             times.
        -h, --help           Prints this help.
            --listen SOCKET  The Unix socket. Pods mount its folder.
      """;

  private NodeMounterCommand() {}

  /// Runs until the process is ended. Mounts stay as long as their containers.
  ///
  /// @param args the words after the command
  public static int run(List<String> args, PrintStream out, PrintStream err) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      out.flush();
      return 0;
    }
    try {
      if (!args.isEmpty() && args.getFirst().equals(Workers.COMMAND)) {
        Prctl.denyInspection();
        Workers.work(args.subList(1, args.size()));
        return 0;
      }
      serve(args, err);
      return 0;
    } catch (AgentFailure e) {
      return failed(e, err);
    } catch (IOException e) {
      return failed(AgentFailure.environment("serve agents", e), err);
    } catch (InterruptedException _) {
      return 0;
    }
  }

  private static int failed(AgentFailure failure, PrintStream err) {
    err.println("testudo node-mounter: " + failure.line());
    return failure.kind().exitCode();
  }

  private static void serve(List<String> args, PrintStream err)
      throws AgentFailure, IOException, InterruptedException {
    var below = new ArrayList<String>();
    Path socket = null;
    for (var i = args.iterator(); i.hasNext(); ) {
      var option = i.next();
      var value = i.hasNext() ? i.next() : "";
      if (option.equals("--below") && MountRequest.isPlain(value)) {
        below.add(value);
      } else if (option.equals("--listen") && !value.isEmpty()) {
        socket = Path.of(value);
      } else {
        throw AgentFailure.usage("wrong usage at `%s`; see --help".formatted(option));
      }
    }
    if (socket == null || below.isEmpty()) {
      throw AgentFailure.usage("--listen and --below are needed; see --help");
    }
    try (var workers = Workers.start(COMMAND)) {
      var mounter =
          NodeMounter.listen(
              socket,
              new PermittedPlaces(below),
              workers,
              line -> err.println("testudo node-mounter: " + line));
      err.println("testudo node-mounter: listening at " + socket);
      mounter.run();
    }
  }
}
