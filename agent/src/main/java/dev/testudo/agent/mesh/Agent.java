package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.AskedService;
import dev.testudo.agent.attest.Attester;
import dev.testudo.agent.attest.CasPatience;
import dev.testudo.agent.attest.EvidenceSource;
import dev.testudo.agent.attest.EvidenceSources;
import dev.testudo.agent.attest.Measuring;
import dev.testudo.agent.probe.ServiceReadiness;
import dev.testudo.agent.program.MeasuredProgram;
import dev.testudo.agent.program.ProgramEnvironment;
import dev.testudo.agent.program.ProgramSignals;
import dev.testudo.agent.program.ServiceThread;
import dev.testudo.agent.program.ServiceUser;
import dev.testudo.agent.program.ShieldedProgram;
import dev.testudo.agent.report.Reporter;
import dev.testudo.agent.status.Activity;
import dev.testudo.agent.status.StatusPublisher;
import dev.testudo.agent.view.ContainerFiles;
import dev.testudo.agent.view.MountedOver;
import dev.testudo.agent.view.ProgramFiles;
import dev.testudo.agent.view.ProgramView;
import dev.testudo.agent.volume.ProgramProcesses;
import dev.testudo.agent.volume.ServiceVolumes;
import dev.testudo.agent.volume.VolumeMounts;
import dev.testudo.agent.volume.VolumePlaces;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Exit;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.shield.LocalNetwork;
import dev.testudo.shield.Shield;
import dev.testudo.shield.Shown;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.measure.MeasuredImage;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs one service, from its evidence to the end of its program.
final class Agent {
  /// What messages call the rules.
  private static final String RULES = "the policy's network shield variables";

  private static final String ROOT_FAILED =
      "the program ran as root, which cannot become another user in a container: if it tried to,"
          + " choose the user with `sconify --user`, or where you start the container";

  private final AgentOptions options;
  private final HostValues host;
  private final Path lib;
  private final Reporter reporter;
  private final ProgramSignals signals;
  private final StatusPublisher status;
  private final ServiceReadiness readiness;
  private final ProgramProcesses processes = new ProgramProcesses();

  /// @param host what the policy may take from the host
  /// @param lib the directory of the agent's jars, which are measured
  Agent(
      AgentOptions options,
      HostValues host,
      Path lib,
      Reporter reporter,
      ProgramSignals signals,
      StatusPublisher status,
      ServiceReadiness readiness) {
    this.options = options;
    this.host = host;
    this.lib = lib;
    this.reporter = reporter;
    this.signals = signals;
    this.status = status;
    this.readiness = readiness;
  }

  /// Runs the service until its program ends.
  ///
  /// @param token the join token, which is wiped once CAS has received it
  /// @return the exit code of the program
  int run(Optional<Secret> token) throws AgentFailure, InterruptedException {
    var measuring = Measuring.start(lib, options.files().image());
    var cas = options.cas();
    var asked = new AskedService(cas.key(), options.service());
    var evidence = EvidenceSources.find(cas.evidence(), asked, measuring, reporter::say);
    var patience = new CasPatience(options.orchestrator().casWait(), this::waits);
    var attester =
        new Attester(cas.address(), cas.key(), options.service(), cas.oneTimePassword(), patience);
    try (var configuration = attest(attester, evidence, token, measuring)) {
      var image = measuring.await().image();
      var kept = evidence.kept();
      try (var whole = ImageTemplates.filled(configuration, image);
          var sealed = SealedFiles.open(whole, image, reporter::say)) {
        // Only who fills in files of the image keeps its content while the program runs.
        Renewals.Asking asking =
            configuration.templates().files().isEmpty()
                ? ticket -> attester.renew(kept, ticket)
                : ticket -> ImageTemplates.filled(attester.renew(kept, ticket), image);
        var user = user(image);
        try (var volumes = volumes(configuration, attester, user)) {
          var data = new ProtectedData(user, sealed, volumes);
          return serve(prepare(filled(whole), image, data), whole, asking);
        }
      }
    }
  }

  /// The files that only the program sees, and the user to whom they belong.
  private record ProtectedData(UserIds user, SealedFiles image, ServiceVolumes volumes) {}

  /// Returns the user of the program. In a container it is that of the agent, which the container
  /// runtime has chosen, unless the option names one.
  private UserIds user(MeasuredImage image) throws AgentFailure {
    try {
      var chosen = options.program().user();
      return image.description().container() && chosen.isEmpty()
          ? UserIds.own()
          : ServiceUser.of(options.service(), chosen);
    } catch (ErrnoException e) {
      throw AgentFailure.environment("find out the user of this process", e);
    }
  }

  private ServiceVolumes volumes(Configuration configuration, Attester attester, UserIds user)
      throws AgentFailure, InterruptedException {
    var files = configuration.protectedFiles();
    var places =
        options
            .files()
            .volumes()
            .<VolumePlaces>map(VolumePlaces.Below::new)
            .orElseGet(VolumePlaces.AtItsPath::new);
    var mounts =
        options
            .files()
            .nodeMounter()
            .<VolumeMounts>map(socket -> new VolumeMounts.OnNode(socket, processes))
            .orElseGet(VolumeMounts.Own::new);
    return ServiceVolumes.open(
        files.volumes(), files.ticket(), attester::leases, places, mounts, user, reporter::say);
  }

  private void waits(CasPatience.Obstacle obstacle, String said) {
    if (readiness.waitsBecause(obstacle.toString())) {
      reporter.say("%s, asking again: %s".formatted(obstacle, said));
    }
  }

  /// Returns the configuration with the values from the host. Both share their files.
  private Configuration filled(Configuration configuration) throws AgentFailure {
    for (var number : host.unused(configuration)) {
      reporter.say("argument %d after `--` is not used by the policy".formatted(number));
    }
    return host.in(configuration);
  }

  private Configuration attest(
      Attester attester, EvidenceSource evidence, Optional<Secret> token, Measuring measuring)
      throws AgentFailure, InterruptedException {
    try {
      var configuration = attester.attest(evidence, token);
      reporter.tell(
          new AgentEvent.Attested(evidence.isolation().toString(), evidence.measurement()));
      if (!configuration.origin().hardwareAttested()) {
        reporter.say("not hardware attested (%s evidence)".formatted(evidence.isolation()));
      }
      return configuration;
    } catch (AgentFailure e) {
      if (e.kind() == AgentFailure.Kind.REFUSED) {
        tellOfMounts(measuring.await().image());
      }
      throw e;
    }
  }

  /// Reports mounts that change the measurement of a container's image. It helps to understand a
  /// refusal, whose reason CAS does not tell.
  private void tellOfMounts(MeasuredImage image) {
    if (!image.description().container()) {
      return;
    }
    try {
      var mounts = MountedOver.image(image.description());
      if (!mounts.isEmpty()) {
        reporter.say(
            "mounted over files of the image, which changes its measurement: %s"
                .formatted(String.join(", ", mounts)));
      }
    } catch (IOException e) {
      reporter.say("cannot list the mounts of this container: " + e.getMessage());
    }
  }

  /// Prepares everything that the program gets.
  private PreparedService prepare(
      Configuration configuration, MeasuredImage image, ProtectedData data) throws AgentFailure {
    try {
      return image.description().container()
          ? inContainer(configuration, image, data)
          : inView(configuration, image, data);
    } catch (IOException e) {
      throw AgentFailure.environment("lay out the program's files", e);
    }
  }

  /// Prepares a program that gets a view of its own.
  private PreparedService inView(
      Configuration configuration, MeasuredImage image, ProtectedData data)
      throws AgentFailure, IOException {
    var files = ServiceFiles.of(options, lib, image, configuration, data.image());
    var placed = new ArrayList<>(files.placed());
    placed.addAll(data.volumes().placed());
    var view = ProgramView.of(placed, files.host(), data.user());
    return new PreparedService(
        command(configuration, view, image),
        new ServiceThread(view, data.user(), rules(configuration)),
        files.names(),
        List.of());
  }

  /// Prepares a program that shares the root of a container with this agent. The container runtime
  /// has chosen the user.
  private PreparedService inContainer(
      Configuration configuration, MeasuredImage image, ProtectedData data)
      throws AgentFailure, IOException {
    var files = new ContainerFiles(image, data.volumes().placed());
    var shown = new ArrayList<Shown>();
    var owner = otherThanOwn(data.user());
    configuration.files().forEach(file -> shown.add(ServiceFiles.shown(file, owner)));
    if (!shown.isEmpty()) {
      reporter.say("the network shield shows the injected files, without mounts");
    }
    shown.addAll(data.image().shown(configuration.files()));
    return new PreparedService(
        command(configuration, files, image),
        new ServiceThread(files, data.user(), rules(configuration)),
        ProgramNames.own(),
        shown);
  }

  private static Optional<UserIds> otherThanOwn(UserIds user) throws ErrnoException {
    return user.equals(UserIds.own()) ? Optional.empty() : Optional.of(user);
  }

  private ShieldRules rules(Configuration configuration) throws AgentFailure {
    return reporter.valid(RULES, ShieldVariables.read(configuration.environment()));
  }

  private Command command(Configuration configuration, ProgramFiles files, MeasuredImage image)
      throws AgentFailure, IOException {
    if (configuration.arguments().isEmpty()) {
      throw AgentFailure.input(
          "the policy gives service `%s` no `command`".formatted(options.service()));
    }
    var program = MeasuredProgram.locate(configuration, files, image);
    var directory = configuration.start().workingDirectory().orElse("/");
    if (!(files.find(directory) instanceof ProgramFiles.Found.Directory)) {
      throw AgentFailure.input(
          ("the policy's working directory `%s` is neither in the image nor in what programs see of"
                  + " this machine (`host_paths` names more)")
              .formatted(directory));
    }
    return new Command(
        program,
        configuration.arguments(),
        ProgramEnvironment.of(configuration.environment()),
        Optional.of(Path.of(directory)),
        options.program().endsWithInput() ? Command.Input.EMPTY : Command.Input.INHERITED);
  }

  private int serve(PreparedService service, Configuration configuration, Renewals.Asking asking)
      throws AgentFailure {
    var compiled =
        Shield.of(
            service.rules(),
            network(),
            service.names().resolver(),
            service.names().hosts(),
            reporter,
            InstantSource.system());
    try (var shield = reporter.valid(RULES, compiled)) {
      shield.inject(service.shown());
      var live = new LiveService(replacement(service, shield), shield, configuration, reporter);
      var renewals = new Renewals(asking, live::apply, reporter::tell);
      var program = ShieldedProgram.start(shield, service.thread(), service.command(), signals);
      started(program);
      try (var _ = status.publish(subject(service, program), shield::connections);
          var _ = renewals.after(configuration.origin().renewal())) {
        configuration.close(); // the files are written, and nothing needs their content any more
        return watch(service, program);
      }
    }
  }

  private void started(ShieldedProgram program) {
    try {
      processes.started(program.pid());
    } catch (ErrnoException _) {
      // It has ended already.
    }
  }

  private static LiveService.Replacement replacement(PreparedService service, Shield shield) {
    return switch (service.thread().files()) {
      case ProgramView view ->
          files -> view.replace(files.stream().map(ServiceFiles::placed).toList());
      case ContainerFiles _ ->
          files -> {
            var owner = otherThanOwn(service.thread().user());
            for (var file : files) {
              shield.replace(ServiceFiles.shown(file, owner));
            }
          };
    };
  }

  private LocalNetwork network() {
    return options
        .program()
        .address()
        .<LocalNetwork>map(LocalNetwork.OwnAddress::new)
        .orElseGet(LocalNetwork.Host::new);
  }

  private Activity.Subject subject(PreparedService service, ShieldedProgram program) {
    return new Activity.Subject(
        program.pid(),
        service.command().program().toString(),
        Optional.of(options.service()),
        Instant.now(),
        EffectivePolicy.of(service.rules()));
  }

  private int watch(PreparedService service, ShieldedProgram program) throws AgentFailure {
    reporter.tell(new AgentEvent.Started(program.pid(), service.command().program().toString()));
    readiness.started();
    var exit = program.await();
    reporter.tell(new AgentEvent.Exited(exit.status()));
    if (exit instanceof Exit.Exited(var code) && code != 0 && service.isRootOfContainer()) {
      reporter.say(ROOT_FAILED);
    }
    program.killRest();
    return exit.status();
  }
}
