package dev.testudo.cli.up;

import dev.testudo.cli.board.Board;
import dev.testudo.cli.board.MeshView.ServiceRow;
import dev.testudo.cli.board.ServiceState;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.image.ImageDirectory;
import dev.testudo.cli.process.ChildProcess;
import dev.testudo.policy.deployment.BuiltImage;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.AgentEvents;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// One run of a mesh on this machine, from the first process to the last. All decisions are made on
/// the thread that calls [#run()].
public final class MeshRun {
  private static final Duration CAS_READY = Duration.ofSeconds(60);
  private static final Duration COMMAND_STOP = Duration.ofSeconds(5);
  private static final Duration LEFTOVERS_END = Duration.ofSeconds(5);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(10);

  private final MeshSetup setup;
  private final MeshWorld world;
  private final Instant begun = Instant.now();
  private final Happenings happenings = new Happenings();
  private final Endings endings = new Endings();
  private final AddressPlan addresses;
  private final Board board;
  private final Readiness readiness;
  private final Services services;
  private final Announcements announcements;
  private Optional<CasRunner> cas = Optional.empty();
  private Optional<SessionRegistry> sessions = Optional.empty();
  private Optional<ChildProcess> command = Optional.empty();
  private OptionalInt outcome = OptionalInt.empty();
  private boolean ready;
  private boolean lateSaid;

  /// Creates a run of `setup`.
  ///
  /// @throws CommandFailed if the mesh does not fit on one machine
  public MeshRun(MeshSetup setup, MeshWorld world) throws CommandFailed {
    this.setup = setup;
    this.world = world;
    var names = setup.services().stream().map(PlannedService::name).toList();
    this.addresses = AddressPlan.of(setup.namespace(), names);
    this.board = new Board(addresses.addresses());
    this.readiness = new Readiness(setup.services());
    this.services = new Services(world.processes(), world.display(), happenings);
    this.announcements = new Announcements(world.display(), world.started());
  }

  /// Asks the run to stop. Thread-safe; may be called more than once.
  public void requestStop() {
    happenings.add(new Happening.StopRequested());
  }

  /// Runs the mesh and returns the exit code. No process that it started is alive afterwards.
  public int run() throws IOException, CommandFailed, InterruptedException {
    try {
      var running = bringUp();
      return watch(running);
    } finally {
      stopAll();
    }
  }

  private RunningCas bringUp() throws IOException, CommandFailed, InterruptedException {
    var used = UsedIds.ofMachine(LEFTOVERS_END);
    var users = users(used);
    if (users.isPresent()) {
      setup.state().giveCasState(users.get().cas(), used);
    }
    var runner =
        CasRunner.start(
            world.processes(),
            world.launching(),
            setup.state(),
            users.map(all -> OptionalInt.of(all.cas())).orElseGet(OptionalInt::empty),
            world.owner(),
            happenings);
    cas = Optional.of(runner);
    // CAS takes longer to start than the images take to make, so both are done at the same time.
    var images = makeImages();
    var running = CasRunner.awaitReady(runner, happenings, CAS_READY);
    announcements.casReady(running);
    var registry = world.registry().connect(running);
    sessions = Optional.of(registry);
    for (var session : setup.mesh().plan().sessions(images)) {
      registry.apply(session.name().value(), session.yaml());
    }
    announcements.registered(images.size());
    startAgents(running, registry, users);
    return running;
  }

  private Map<String, BuiltImage> makeImages() throws IOException, CommandFailed {
    var images = new LinkedHashMap<String, BuiltImage>();
    for (var service : setup.services()) {
      var planned = setup.mesh().image(service.name());
      var image =
          ImageDirectory.make(
              setup.state().image(service.name()), planned.recipe(), planned.copies());
      var measurement = image.measure(world.lib()).measurement().hex();
      images.put(service.name(), BuiltImage.of(measurement));
    }
    return images;
  }

  /// Returns the user ids of the mesh, if this process is root and can switch users.
  private Optional<ServiceUsers> users(UsedIds used)
      throws IOException, CommandFailed, InterruptedException {
    if (!world.launching().root()) {
      return Optional.empty();
    }
    var names = setup.services().stream().map(PlannedService::name).toList();
    return Optional.of(ServiceUsers.of(setup.state().users(), names, new SecureRandom(), used));
  }

  private void startAgents(
      RunningCas running, SessionRegistry registry, Optional<ServiceUsers> users)
      throws IOException, CommandFailed {
    var hosts = setup.state().run().resolve("hosts");
    PrivateFiles.replace(hosts, addresses.hostsFile(machineName(), setup.mesh().plan().hosts()));
    var number = 0;
    for (var service : setup.services()) {
      var name = service.name();
      var call =
          new Launching.AgentCall(
              running,
              service.configId(),
              setup.state().image(name),
              addresses.address(name),
              hosts,
              setup.state().sockets().resolve(number++ + ".sock"),
              setup.state().root(),
              users.map(all -> OptionalInt.of(all.of(name))).orElseGet(OptionalInt::empty));
      try (var token = token(service, registry)) {
        var agent = services.start(name, world.launching(), call, token.value());
        board.started(name, agent.pid());
      }
    }
  }

  /// Creates a join token for an agent. Each agent starts and joins once per run, so the token has
  /// one use. If the agent never joins, the token expires after some minutes.
  private AgentToken token(PlannedService service, SessionRegistry registry)
      throws IOException, CommandFailed {
    if (!setup.mesh().plan().needsJoinTokens()) {
      return new AgentToken(Optional.empty());
    }
    var id = ServiceId.parse(service.configId()).orElseThrow();
    var made = registry.rotateJoinToken(id, new JoinTokenOrder(1, TOKEN_LIFE));
    return new AgentToken(Optional.of(made.value()));
  }

  /// A token for the start of an agent, wiped afterwards.
  private record AgentToken(Optional<Secret> value) implements AutoCloseable {
    @Override
    public void close() {
      value.ifPresent(Secret::close);
    }
  }

  private static String machineName() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private int watch(RunningCas running) throws IOException, CommandFailed, InterruptedException {
    refresh(running);
    while (outcome.isEmpty()) {
      var next = happenings.next(TICK);
      if (next.isPresent()) {
        handle(next.get());
        promote();
        refresh(running);
      }
      if (outcome.isEmpty()) {
        checkReady(running);
      }
    }
    return outcome.getAsInt();
  }

  private void handle(Happening happening) {
    switch (happening) {
      case Happening.AgentReported(var service, var line) -> reported(service, line);
      case Happening.ServiceEnded(var service, var code) -> serviceEnded(service, code);
      case Happening.CasEnded(var code) -> {
        announcements.alarm(cas.map(runner -> runner.death(code)).orElse("CAS ended"));
        end(ExitCode.ENVIRONMENT_FAILED.number());
      }
      case Happening.CommandEnded(var code) -> end(code);
      case Happening.StopRequested _ -> end(ExitCode.DONE.number());
      case Happening.CasSaid _, Happening.Stopped _ -> {}
    }
  }

  private void reported(String service, AgentEvents.Line line) {
    endings.heard(service, line.event());
    var firstOfItsKind = board.report(service, line);
    announcements.reported(board.row(service), line, firstOfItsKind);
  }

  private void serviceEnded(String service, int code) {
    var ending = endings.of(service, code);
    board.state(service, ending.state());
    announcements.ended(ending);
    endings.refusal(service).ifPresent(this::explain);
    if (ending.code() != ExitCode.DONE) {
      end(ending.code().number());
    } else if (setup.command().isEmpty() && allAre(ServiceState.FINISHED)) {
      // No service is left. If all have finished their work, the run was successful.
      end(ExitCode.DONE.number());
    }
  }

  /// Shows why CAS refused a request. It must be asked now: CAS tells only the owner of the
  /// session, and it ends with the mesh.
  private void explain(String request) {
    try {
      if (sessions.isPresent()) {
        sessions.get().why(request).forEach(reason -> announcements.alarm("CAS: " + reason));
      }
    } catch (IOException e) {
      announcements.alarm("cannot get the reason from CAS: " + e.getMessage());
    }
  }

  private boolean allAre(ServiceState state) {
    return board.view().services().stream().allMatch(row -> row.state() == state);
  }

  private void promote() {
    for (var row : board.view().services()) {
      if (row.state() == ServiceState.RUNNING && readiness.isReady(row)) {
        board.state(row.name(), ServiceState.READY);
      }
    }
  }

  private void checkReady(RunningCas running) throws IOException {
    if (ready) {
      return;
    }
    var waiting = board.view().services().stream().filter(row -> !isUp(row)).toList();
    if (waiting.isEmpty()) {
      ready = true;
      refresh(running);
      announcements.up();
      startCommand(running);
    } else if (Instant.now().isAfter(begun.plus(setup.patience().ready())) && !lateSaid) {
      lateSaid = true;
      waiting.forEach(row -> announcements.late(row, readiness.missing(row)));
      if (!setup.command().isEmpty()) {
        end(ExitCode.ENVIRONMENT_FAILED.number());
      }
    }
  }

  private static boolean isUp(ServiceRow row) {
    return row.state() == ServiceState.READY || row.state() == ServiceState.FINISHED;
  }

  private void startCommand(RunningCas running) throws IOException {
    if (setup.command().isEmpty()) {
      return;
    }
    var spec =
        world.launching().command(setup.command(), setup.state(), running, setup.directory());
    var started = world.processes().foreground(spec);
    command = Optional.of(started);
    var _ = started.ended().thenAccept(code -> happenings.add(new Happening.CommandEnded(code)));
  }

  private void end(int code) {
    if (outcome.isEmpty()) {
      outcome = OptionalInt.of(code);
    }
  }

  private void refresh(RunningCas running) throws IOException {
    var view = board.view();
    world.display().show(view);
    new MeshReport(setup.namespace(), running, ready)
        .write(setup.state().run().resolve("mesh.json"), view);
  }

  /// Stops everything: the command, the services in reverse order, CAS. Reports that arrive
  /// meanwhile are still shown.
  private void stopAll() throws IOException, InterruptedException {
    if (cas.isEmpty()) {
      return;
    }
    var stopping =
        Thread.ofPlatform()
            .name("stop in order")
            .start(
                () -> {
                  try {
                    stopInOrder();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (IOException e) {
                    announcements.alarm("while stopping: " + e.getMessage());
                  } finally {
                    happenings.add(new Happening.Stopped());
                  }
                });
    announcements.stopping();
    Optional<Happening> next = Optional.empty();
    while (!(next.isPresent() && next.get() instanceof Happening.Stopped)) {
      next = happenings.next(TICK);
      if (next.isPresent() && next.get() instanceof Happening.AgentReported(var name, var line)) {
        reported(name, line);
      }
    }
    stopping.join();
    announcements.stopped();
  }

  private void stopInOrder() throws InterruptedException, IOException {
    if (command.isPresent()) {
      command.get().stop(COMMAND_STOP);
    }
    services.stop(setup.patience().stop());
    cas.orElseThrow().stop();
  }
}
