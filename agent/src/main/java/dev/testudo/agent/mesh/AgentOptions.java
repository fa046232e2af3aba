package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.EvidenceOptions;
import dev.testudo.agent.attest.TokenSource;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The options of `testudo agent run`.
///
/// @param service the session and service to run
/// @param events a Unix socket that receives one line of JSON per event
/// @param orchestrator what the platform wants that starts containers
record AgentOptions(
    String service,
    Cas cas,
    Files files,
    Program program,
    Optional<Path> events,
    OrchestratorOptions orchestrator) {
  /// The CAS that has the configuration.
  ///
  /// @param address the address at which CAS listens
  /// @param key the only key with which CAS is accepted
  /// @param token the source of the join token, if the policy requires one
  /// @param oneTimePassword the password for this start, if the policy requires one
  /// @param evidence the evidence that it gets
  record Cas(
      CasAddress address,
      KeyHash key,
      Optional<TokenSource> token,
      Optional<Secret> oneTimePassword,
      EvidenceOptions evidence) {}

  /// The files that the program sees or must not see.
  ///
  /// @param image the image directory: `image.json` and `root/`
  /// @param hosts the program's `/etc/hosts`
  /// @param hidden files and directories to hide from the program
  /// @param volumes where the encrypted files of volumes are; empty if at the paths of the volumes
  /// @param nodeMounter the socket of who mounts the volumes, if not this process
  record Files(
      Path image,
      Optional<Path> hosts,
      List<Path> hidden,
      Optional<Path> volumes,
      Optional<Path> nodeMounter) {
    /// Copies the list.
    Files {
      hidden = List.copyOf(hidden);
    }
  }

  /// How the program runs.
  ///
  /// @param address the service's own loopback address
  /// @param user the ids to run under; if absent, in a container those of the agent, and otherwise
  ///     derived from the service's name if the agent is root
  /// @param endsWithInput whether the end of standard input stops the program
  /// @param arguments what the policy may take as `@@1`, `@@2` and so on
  record Program(
      Optional<Inet4Address> address,
      Optional<UserIds> user,
      boolean endsWithInput,
      List<String> arguments) {
    /// Copies the list.
    Program {
      arguments = List.copyOf(arguments);
    }
  }

  static final String USAGE = "see `testudo agent run --help`";

  static final String HELP =
      """
      Usage: testudo agent run --cas HOST:PORT --cas-key HASH --image DIR
                               --service SESSION/SERVICE[@PASSWORD]
                               [--address 127.x.y.z]
                               [--events SOCKET] [--exit-with-stdin] [--hide PATH]...
                               [--evidence-source SOURCE] [--vmpl N]
                               [--host-data image | --host-data initdata]
                               [--initdata BASE64] [--runtime-measurement rtmr3]
                               [--hosts FILE] [--user UID:GID]
                               [--probe-port PORT] [--ready-ports PORT,...]
                               [--drain-seconds N] [--cas-wait-seconds N]
                               [--node-mounter SOCKET]
                               [--token-file FILE | --token-fd NUMBER]
                               [--volumes DIR] [-- ARGUMENT...]
      Attests one service, gets its configuration from CAS, and runs its program. The
      program gets an ARGUMENT, or a variable of this environment, only if the policy
      asks for it with `@@1` or `\\@\\@NAME`.
            --address 127.x.y.z   The loopback address of the service (default: that
                                    of the host).
            --cas HOST:PORT       The address of the CAS (default: $SCONE_CAS_ADDR).
            --cas-key HASH        The hash of the key that the CAS must have (default:
                                    $TESTUDO_CAS_KEY).
            --cas-wait-seconds N  How long to try to reach the CAS (default:
                                    $TESTUDO_CAS_WAIT_SECONDS, else 20; at most
                                    3600).
            --drain-seconds N     How long the program goes on after SIGTERM, while
                                    the probe port says that it stops (default:
                                    $TESTUDO_DRAIN_SECONDS, else 0; at most 3600).
            --events SOCKET       A Unix socket that gets one line of JSON per event.
            --evidence-source SOURCE
                                  Where evidence comes from: configfs-tsm, sev-guest,
                                    gramine, azure-vtpm, tpm or software; auto takes
                                    the first that is there, never tpm (default:
                                    $TESTUDO_EVIDENCE_SOURCE, else auto).
            --exit-with-stdin     Stops the program when standard input ends.
            --hide PATH           A file or folder to hide from the program. Can be
                                    given several times.
            --host-data image|initdata|none
                                  With image, the agent starts nothing unless the
                                    HOST_DATA (SEV-SNP) or MRCONFIGID (TDX) of this
                                    VM is the measurement of the image; with initdata,
                                    unless it is the digest of initdata that names
                                    the image (default: $TESTUDO_HOST_DATA, else
                                    none).
            --hosts FILE          The program's /etc/hosts.
            --image DIR           The image: `image.json` and `root/`, or the folder
                                    `/.testudo` of a container.
            --initdata BASE64     The initdata, as the annotation of a pod has it
                                    (default: $TESTUDO_INITDATA, else what Kata
                                    Containers has left in this guest).
            --node-mounter SOCKET The socket of `testudo agent node-mounter`, which
                                    mounts the volumes (default:
                                    $TESTUDO_NODE_MOUNTER, else this process).
            --probe-port PORT     A port at which the agent answers HTTP requests: 200
                                    if the service is ready, else 503 (default:
                                    $TESTUDO_PROBE_PORT).
            --ready-ports PORT,...
                                  The ports at which the program of a ready service
                                    listens (default: $TESTUDO_READY_PORTS).
            --runtime-measurement rtmr3|none
                                  With rtmr3, the agent extends this register of TDX
                                    with the measurement of the image (default:
                                    $TESTUDO_RUNTIME_MEASUREMENT, else none).
            --service SESSION/SERVICE[@PASSWORD]
                                  The service to run (default: $SCONE_CONFIG_ID), and
                                    a one-time password if the policy requires one.
            --token-fd NUMBER     An open descriptor to read the join token from; 0 is
                                    standard input.
            --token-file FILE     A file with the join token (default:
                                    $TESTUDO_TOKEN_FILE). Others must not be able to
                                    read or change it.
            --user UID:GID        The user and group of the program (default: in a
                                    container that of this process; otherwise, for
                                    root, derived from the name of the service).
            --volumes DIR         Where the encrypted files of volumes are, as
                                    DIR/SESSION/VOLUME (default: $TESTUDO_VOLUMES,
                                    else at the path of each volume).
            --vmpl N              The privilege level for which SEV-SNP reports, 0 to
                                    3 (default: $TESTUDO_VMPL, else the lowest that
                                    this machine permits).
        -h, --help                Prints this help.

      Exit codes: the program's, or 128 plus the number of the signal that killed it;
      1 the configuration cannot be applied, 2 usage, 3 the environment failed,
      4 refused by attestation or a policy.
      """;

  /// The variable in which SCONE passes a token.
  private static final String VARIABLE = "SCONE_SERVICE_ACCESS_TOKEN";

  private static final String HIDE = "--hide";

  private static final Set<String> WITH_VALUE =
      Set.of(
          "--cas",
          "--cas-key",
          "--service",
          "--image",
          "--address",
          "--hosts",
          "--events",
          "--user",
          "--volumes",
          "--node-mounter",
          "--token-file",
          "--token-fd",
          OrchestratorOptions.PROBE_PORT,
          OrchestratorOptions.READY_PORTS,
          OrchestratorOptions.DRAIN,
          OrchestratorOptions.CAS_WAIT,
          EvidenceOptions.SOURCE,
          EvidenceOptions.LEVEL,
          EvidenceOptions.HOST_DATA,
          EvidenceOptions.INITDATA,
          EvidenceOptions.REGISTER,
          HIDE);

  /// Parses the arguments. Variables of the environment are the defaults of some options.
  static AgentOptions parse(List<String> args, Map<String, String> environment)
      throws AgentFailure {
    var given = new HashMap<String, String>();
    var hidden = new ArrayList<Path>();
    var hostArguments = new ArrayList<String>();
    var endsWithInput = false;
    for (var i = args.iterator(); i.hasNext(); ) {
      var name = i.next();
      if (name.equals("--")) {
        i.forEachRemaining(hostArguments::add);
      } else if (name.equals("--exit-with-stdin")) {
        endsWithInput = true;
      } else if (!WITH_VALUE.contains(name)) {
        throw AgentFailure.usage("`" + name + "` is not an option; " + USAGE);
      } else if (!i.hasNext()) {
        throw AgentFailure.usage("`" + name + "` needs a value; " + USAGE);
      } else if (name.equals(HIDE)) {
        hidden.add(Path.of(i.next()));
      } else if (given.put(name, i.next()) != null) {
        throw AgentFailure.usage("`" + name + "` is given twice; " + USAGE);
      }
    }
    standIn(given, "--cas", environment, "SCONE_CAS_ADDR");
    standIn(given, "--service", environment, "SCONE_CONFIG_ID");
    standIn(given, "--cas-key", environment, "TESTUDO_CAS_KEY");
    standIn(given, "--token-file", environment, "TESTUDO_TOKEN_FILE");
    standIn(given, "--volumes", environment, "TESTUDO_VOLUMES");
    standIn(given, "--node-mounter", environment, "TESTUDO_NODE_MOUNTER");
    standIn(given, OrchestratorOptions.PROBE_PORT, environment, "TESTUDO_PROBE_PORT");
    standIn(given, OrchestratorOptions.READY_PORTS, environment, "TESTUDO_READY_PORTS");
    standIn(given, OrchestratorOptions.DRAIN, environment, "TESTUDO_DRAIN_SECONDS");
    standIn(given, OrchestratorOptions.CAS_WAIT, environment, "TESTUDO_CAS_WAIT_SECONDS");
    standIn(given, EvidenceOptions.SOURCE, environment, "TESTUDO_EVIDENCE_SOURCE");
    standIn(given, EvidenceOptions.LEVEL, environment, "TESTUDO_VMPL");
    standIn(given, EvidenceOptions.HOST_DATA, environment, "TESTUDO_HOST_DATA");
    standIn(given, EvidenceOptions.INITDATA, environment, "TESTUDO_INITDATA");
    standIn(given, EvidenceOptions.REGISTER, environment, "TESTUDO_RUNTIME_MEASUREMENT");
    var address = address(required(given, "--cas"));
    var key = key(required(given, "--cas-key"));
    var token = token(given, environment);
    var asked = required(given, "--service").split("@", 2);
    var cas = new Cas(address, key, token, password(asked), EvidenceOptions.of(given));
    var files =
        new Files(
            Path.of(required(given, "--image")),
            path(given, "--hosts"),
            hidden,
            path(given, "--volumes"),
            path(given, "--node-mounter"));
    var program = new Program(ownAddress(given), user(given), endsWithInput, hostArguments);
    return new AgentOptions(
        asked[0], cas, files, program, path(given, "--events"), OrchestratorOptions.of(given));
  }

  /// Returns the one-time password that is appended to the id of a service.
  private static Optional<Secret> password(String[] asked) throws AgentFailure {
    if (asked.length == 1) {
      return Optional.empty();
    }
    if (!asked[1].matches("[0-9]{6}")) {
      throw AgentFailure.usage("after the `@` of `--service` come 6 digits; " + USAGE);
    }
    return Optional.of(Secret.ofText(asked[1]));
  }

  private static void standIn(
      Map<String, String> given, String option, Map<String, String> environment, String variable) {
    if (environment.containsKey(variable)) {
      given.putIfAbsent(option, environment.get(variable));
    }
  }

  private static String required(Map<String, String> given, String option) throws AgentFailure {
    var value = given.get(option);
    if (value == null || value.isEmpty()) {
      throw AgentFailure.usage("`" + option + "` is missing; " + USAGE);
    }
    return value;
  }

  private static Optional<Path> path(Map<String, String> given, String option) {
    return Optional.ofNullable(given.get(option)).map(Path::of);
  }

  private static CasAddress address(String text) throws AgentFailure {
    return CasAddress.parse(text)
        .orElseThrow(() -> AgentFailure.usage("`" + text + "` is not HOST:PORT; " + USAGE));
  }

  private static KeyHash key(String text) throws AgentFailure {
    return KeyHash.parse(text)
        .orElseThrow(() -> AgentFailure.usage("`" + text + "` is not a key hash; " + USAGE));
  }

  private static Optional<UserIds> user(Map<String, String> given) throws AgentFailure {
    var text = given.get("--user");
    if (text == null) {
      return Optional.empty();
    }
    var ids = UserIds.parse(text);
    if (ids.isEmpty()) {
      throw AgentFailure.usage("`" + text + "` is not UID:GID, two numbers; " + USAGE);
    }
    return ids;
  }

  private static Optional<Inet4Address> ownAddress(Map<String, String> given) throws AgentFailure {
    var text = given.get("--address");
    if (text == null) {
      return Optional.empty();
    }
    try {
      if (InetAddress.ofLiteral(text) instanceof Inet4Address v4 && v4.isLoopbackAddress()) {
        return Optional.of(v4);
      }
    } catch (IllegalArgumentException _) {
      // Not an address at all: reported below.
    }
    throw AgentFailure.usage("`" + text + "` is not an address in 127.0.0.0/8; " + USAGE);
  }

  /// Returns the source of the token. The launcher has removed the variable from the environment
  /// and passes its value through a descriptor. If the variable is still set, the caller did not
  /// use the launcher.
  private static Optional<TokenSource> token(
      Map<String, String> given, Map<String, String> environment) throws AgentFailure {
    var file = Optional.ofNullable(given.get("--token-file"));
    var descriptor = Optional.ofNullable(given.get("--token-fd"));
    var variable = Optional.ofNullable(environment.get(VARIABLE)).filter(v -> !v.isEmpty());
    if (Stream.of(file, descriptor, variable).filter(Optional::isPresent).count() > 1) {
      throw AgentFailure.usage(
          "the token is given twice: one of `--token-file`, `--token-fd` and %s is enough; %s"
              .formatted(VARIABLE, USAGE));
    }
    if (descriptor.isPresent()) {
      return Optional.of(new TokenSource.AtDescriptor(number(descriptor.get())));
    }
    return file.<TokenSource>map(path -> new TokenSource.InFile(Path.of(path)))
        .or(() -> variable.map(text -> new TokenSource.Given(Secret.ofText(text))));
  }

  private static int number(String text) throws AgentFailure {
    if (!text.matches("0|[3-9]|[1-9][0-9]{1,3}")) {
      throw AgentFailure.usage(
          "`" + text + "` is not the number of a descriptor that can be read; " + USAGE);
    }
    return Integer.parseInt(text);
  }

  /// Returns names only, because the token is secret.
  @Override
  public String toString() {
    return "AgentOptions[" + service + " from " + cas.address() + "]";
  }
}
