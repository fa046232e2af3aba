package dev.testudo.agent.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.Attester;
import dev.testudo.agent.attest.Measuring;
import dev.testudo.agent.attest.SoftwareEvidence;
import dev.testudo.agent.program.MeasuredProgram;
import dev.testudo.agent.program.ProgramEnvironment;
import dev.testudo.agent.program.ServiceThread;
import dev.testudo.agent.program.ServiceUser;
import dev.testudo.agent.report.Reporter;
import dev.testudo.agent.view.Content;
import dev.testudo.agent.view.HostParts;
import dev.testudo.agent.view.Placed;
import dev.testudo.agent.view.ProgramView;
import dev.testudo.linux.process.Command;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.shield.HostsFile;
import dev.testudo.shield.Resolver;
import dev.testudo.trust.attest.software.ImageEntry;
import dev.testudo.trust.attest.software.MeasuredImage;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.InjectedFile;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The way from options to a program that can be started.
final class Agent {
  private static final String HOSTS = "/etc/hosts";
  private static final int HOSTS_LIMIT = 1 << 20;
  /// What they are called in messages.
  static final String RULES = "the policy's network shield variables";

  private static final int WORLD_READABLE = 0644;

  private final AgentOptions options;
  private final Optional<Secret> token;
  private final Reporter reporter;

  /// @param token is wiped once CAS has seen it
  Agent(AgentOptions options, Optional<Secret> token, Reporter reporter) {
    this.options = options;
    this.token = token;
    this.reporter = reporter;
  }

  /// A program with everything it is started with.
  ///
  /// @param thread what it is started from
  /// @param names how the program's own look-ups answer
  /// @param secrets what to wipe once it runs
  record Prepared(Command command, ServiceThread thread, Resolver names, List<InjectedFile> secrets)
      implements AutoCloseable {
    @Override
    public void close() {
      secrets.forEach(file -> file.content().close());
    }
  }

  /// Attests, fetches the configuration, and lays out what the program gets.
  ///
  /// @param lib the folder of this agent's jars, which are part of the measurement
  Prepared prepare(Path lib) throws AgentFailure, InterruptedException {
    var measuring = Measuring.start(lib, options.image());
    var evidence = new SoftwareEvidence(measuring);
    var attester = new Attester(options.cas(), options.casKey(), options.service());
    var configuration = attester.attest(evidence, token);
    var image = measuring.await().image();
    reporter.tell(new AgentEvent.Attested(evidence.isolation().toString(), evidence.measurement()));
    if (!configuration.hardwareAttested()) {
      reporter.say("not hardware attested (software evidence)");
    }
    try {
      var placed = placed(image, configuration);
      var user = ServiceUser.of(options.service(), options.user());
      var view = ProgramView.of(placed, hostParts(lib, image), user);
      var command = command(configuration, view, image);
      var thread = new ServiceThread(view, user, rules(configuration));
      return new Prepared(command, thread, names(placed), configuration.files());
    } catch (IOException e) {
      throw AgentFailure.environment("lay out the program's files", e);
    }
  }

  /// What nobody but us may see: our own files, the image as it lies on disk, and what we were told
  /// to hide.
  private HostParts hostParts(Path lib, MeasuredImage image) throws IOException {
    var hidden = new ArrayList<Path>();
    hidden.add(lib);
    hidden.add(lib.resolveSibling("testudo"));
    hidden.add(options.image());
    hidden.addAll(options.hidden());
    options.hosts().ifPresent(hidden::add);
    options.events().ifPresent(hidden::add);
    var real = new ArrayList<Path>();
    for (var path : hidden) {
      if (Files.exists(path)) {
        real.add(path.toRealPath());
      }
    }
    return new HostParts(image.hostFiles(), image.hostPaths(), real);
  }

  /// Of two files at one path the later counts: the policy's word is the last.
  private List<Placed> placed(MeasuredImage image, Configuration configuration) throws IOException {
    var placed = new ArrayList<Placed>();
    image.entries().forEach(entry -> placed.add(placed(entry)));
    if (options.hosts().isPresent()) {
      placed.add(new Placed.File(HOSTS, WORLD_READABLE, new Content.Plain(hosts())));
    }
    for (var file : configuration.files()) {
      placed.add(
          new Placed.File(file.path(), file.mode(), new Content.Confidential(file.content())));
    }
    return placed;
  }

  /// The program's hosts file comes before the name service, as in the program itself.
  private static Resolver names(List<Placed> placed) {
    Optional<String> hosts = Optional.empty();
    for (var entry : placed) {
      if (entry instanceof Placed.File file && file.path().equals(HOSTS)) {
        hosts = Optional.of(text(file.content()));
      }
    }
    return hosts
        .<Resolver>map(text -> new HostsFile(text, Resolver.system()))
        .orElseGet(Resolver::system);
  }

  private static String text(Content content) {
    return switch (content) {
      case Content.Plain(var bytes) -> new String(bytes, UTF_8);
      case Content.OfMachine(var bytes) -> new String(bytes, UTF_8);
      case Content.Confidential(var secret) -> secret.reveal(bytes -> new String(bytes, UTF_8));
    };
  }

  private static Placed placed(ImageEntry entry) {
    return switch (entry) {
      case ImageEntry.Directory(var path, var mode) -> new Placed.Directory(path, mode);
      case ImageEntry.Link(var path, var target) -> new Placed.Link(path, target);
      case ImageEntry.RegularFile file ->
          new Placed.File(file.path(), file.permissions(), new Content.Plain(file.content()));
    };
  }

  private byte[] hosts() throws IOException {
    try (var in = Files.newInputStream(options.hosts().orElseThrow())) {
      return in.readNBytes(HOSTS_LIMIT);
    }
  }

  private Command command(Configuration configuration, ProgramView view, MeasuredImage image)
      throws AgentFailure, IOException {
    var program = MeasuredProgram.locate(configuration, view, image);
    var directory = configuration.workingDirectory().orElse("/");
    if (!(view.find(directory) instanceof ProgramView.Found.Directory)) {
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
        options.endWithInput() ? Command.Input.EMPTY : Command.Input.INHERITED);
  }

  private ShieldRules rules(Configuration configuration) throws AgentFailure {
    return reporter.valid(RULES, ShieldVariables.read(configuration.environment()));
  }
}
