package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.mesh.LocalLimits;
import dev.testudo.cli.process.SystemProcesses;
import dev.testudo.cli.terminal.Display;
import dev.testudo.cli.terminal.LiveDisplay;
import dev.testudo.cli.terminal.Palette;
import dev.testudo.cli.terminal.PlainDisplay;
import dev.testudo.cli.terminal.TerminalSize;
import dev.testudo.cli.up.Launching;
import dev.testudo.cli.up.MeshDirectory;
import dev.testudo.cli.up.MeshRun;
import dev.testudo.cli.up.MeshSetup;
import dev.testudo.cli.up.MeshWorld;
import dev.testudo.policy.deployment.PlannedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo up`: runs a mesh on this machine.
@Command(
    name = "up",
    description = {
      "Runs a mesh on this machine, with a CAS of its own, until Ctrl-C.",
      "Services are attested with software evidence only: they are not hardware attested."
    })
final class UpCommand implements Callable<Integer> {
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private final CliContext context;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "MESHFILE",
      defaultValue = "mesh.yaml",
      description =
          "The Meshfile (default: ${DEFAULT-VALUE}). Service manifests are in its folder or one level below.")
  private Path file = Path.of("mesh.yaml");

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "The state directory, which persists between runs and contains secrets (default: `target/up` beside the Meshfile).")
  private @Nullable Path state;

  @Option(
      names = "--no-color",
      description = "Prints plain lines without colours instead of a live table.")
  private boolean noColor;

  @Option(names = "--plain", description = "Prints plain lines instead of a live table.")
  private boolean plain;

  @Option(
      names = "--ready-within",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long services may take to become ready (default: ${DEFAULT-VALUE}).")
  private int readyWithin = 60;

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description =
          "A program, after `--`, to run when all services are ready. When the program ends, the mesh stops and this command exits with the exit code of the program. The environment of the program contains TESTUDO, TESTUDO_STATE, TESTUDO_MESH_JSON, TESTUDO_CAS and TESTUDO_CAS_KEY.")
  private List<String> command = List.of();

  UpCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed, InterruptedException {
    var directory =
        state == null ? file.resolveSibling("target/up") : CasClientOptions.given("--state", state);
    var mesh = new Findings(context.streams().err()).need(LoadedMesh.load(file, List.of()));
    new Findings(context.streams().err()).remark(mesh.localRemarks());
    new Findings(context.streams().err()).needNoErrors(mesh.limits(LocalLimits::ofUp));
    var processes = new SystemProcesses();
    try (var signals = StopSignals.listen(STOP_LIMIT, context.insistence(), processes::endAll);
        var opened = MeshDirectory.open(directory);
        var display = display(mesh)) {
      var setup =
          new MeshSetup(
              mesh,
              opened,
              notEmpty(command),
              Path.of("").toAbsolutePath(),
              new MeshSetup.Patience(Duration.ofSeconds(readyWithin), STOP));
      var run = new MeshRun(setup, world(opened, display, processes));
      signals.tell(run::requestStop);
      return run.run();
    }
  }

  private MeshWorld world(MeshDirectory opened, Display display, SystemProcesses processes)
      throws IOException, CommandFailed {
    var me = Identities.kept(opened.identity());
    var root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    return new MeshWorld(
        new Launching(
            context.installation().launcher(),
            context.installation().javaHome(),
            context.environment(),
            root),
        me.keyHash(),
        context.installation().lib(),
        processes,
        cas -> new CasSessions(cas, me),
        display,
        context.started());
  }

  private static List<String> notEmpty(List<String> command) throws CommandFailed {
    if (!command.isEmpty() && command.getFirst().isEmpty()) {
      throw CommandFailed.usage("the command after -- is empty");
    }
    return command;
  }

  private Display display(LoadedMesh mesh) {
    var names = mesh.plan().services().stream().map(PlannedService::name).toList();
    var out = context.streams().out();
    var palette = noColor ? Palette.PLAIN : context.palette();
    // The user's command writes to the same terminal and would break a live table.
    if (!context.terminal() || plain || noColor || !command.isEmpty()) {
      return new PlainDisplay(out, palette, names);
    }
    var live =
        new LiveDisplay(
            out, palette, names, ZoneId.systemDefault(), TerminalSize::ofControllingTerminal);
    live.start();
    return live;
  }
}
