package dev.testudo.shield.escape;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.process.Capabilities;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Prctl;
import dev.testudo.policy.shield.AddressMatch;
import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.PeerAuth;
import dev.testudo.policy.shield.RuleName;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.policy.shield.UnsupportedProtocols;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.LocalNetwork;
import dev.testudo.shield.Shield;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// A process that runs one program after the other like a production supervisor: it is not
/// dumpable, limits root's capabilities, and runs each program under a real shield. It is a
/// separate process because the programs try to kill it, and because it must also work for an
/// ordinary user.
///
/// Standard input: `<program> <scratch folder>`, then `done` once the test has checked the results.
/// Output: the program's own, and `exit <code>`.
final class CagedRunner {
  private static final long LIMIT_SECONDS = 120;
  private static final int SIGKILL = 9;

  private final Map<String, String> world;
  private final BufferedReader input;
  private final ScheduledExecutorService limits = Executors.newSingleThreadScheduledExecutor();

  private CagedRunner(Map<String, String> world, BufferedReader input) {
    this.world = world;
    this.input = input;
  }

  public static void main(String[] args) throws Exception {
    Prctl.denyInspection();
    Prctl.becomeSubreaper();
    var runner =
        new CagedRunner(
            System.getenv(), new BufferedReader(new InputStreamReader(System.in, UTF_8)));
    System.out.println("ready");
    while (runner.next()) {}
    System.exit(0);
  }

  private boolean next() throws Exception {
    var line = input.readLine();
    if (line == null) {
      return false;
    }
    try (var shield = shield()) {
      var child =
          shield.launch(
              () -> Capabilities.limitForPrograms(Capabilities.OF_CONTAINERS),
              command(line.split(" ")));
      var limit = limits.schedule(() -> kill(child), LIMIT_SECONDS, TimeUnit.SECONDS);
      var exit = child.await().status();
      limit.cancel(false);
      System.out.println("exit " + exit);
      return input.readLine() != null;
    }
  }

  private static void kill(Child child) {
    try {
      child.signal(SIGKILL);
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private Command command(String[] words) {
    var environment = new HashMap<>(world);
    environment.keySet().removeIf(name -> name.startsWith("SCONE_"));
    environment.put("SCRATCH", words[1]);
    environment.put("SUPERVISOR", Long.toString(ProcessHandle.current().pid()));
    return new Command(
        Path.of(words[0]), List.of(words[0]), environment, Optional.empty(), Command.Input.EMPTY);
  }

  private Shield shield() {
    return switch (Shield.of(
        rules(), new LocalNetwork.Host(), event -> {}, InstantSource.system())) {
      case Parsed.Valid<Shield>(var shield, var _) -> shield;
      case Parsed.Invalid<Shield>(var problems) -> throw new IllegalStateException(problems + "");
    };
  }

  private ShieldRules rules() {
    var address = new AddressMatch.Exactly(InetAddress.ofLiteral("127.0.0.1"));
    var tcp = new Destination.Tcp("permitted.example", port("PERMITTED_TCP4"), address);
    var secret = new Destination.Tcp("protected.example", port("PROTECTED_TCP4"), address);
    var plain = new ClientTreatment.Unprotected();
    var secured = secured(Optional.empty());
    return new ShieldRules(
        DefaultMode.PROTECTED,
        UnsupportedProtocols.REFUSE,
        List.of(
            new ServerRule(
                new RuleName("SERVER_1"),
                new Listen.Tcp(port("SERVER_PORT")),
                new ServerTreatment.Unprotected()),
            new ServerRule(
                new RuleName("SERVER_2"),
                new Listen.Tcp(port("PROTECTED_PORT")),
                new ServerTreatment.Protected(
                    Optional.empty(),
                    new PeerAuth.Disabled(),
                    List.of(),
                    List.of(),
                    TlsVersion.TLS1_3))),
        List.of(
            new ClientRule(new RuleName("CLIENT_tcp"), tcp, plain),
            new ClientRule(new RuleName("CLIENT_unix"), path("PERMITTED_UNIX"), plain),
            new ClientRule(new RuleName("CLIENT_private"), path("PERMITTED_PRIVATE"), plain),
            new ClientRule(new RuleName("CLIENT_secured"), secret, secured),
            new ClientRule(
                new RuleName("CLIENT_path"),
                path("PROTECTED_UNIX"),
                secured(Optional.of("protected.example")))));
  }

  /// Any certificate would do; what matters is that nothing is sent unencrypted.
  private static ClientTreatment secured(Optional<String> serverName) {
    return new ClientTreatment.Protected(
        Optional.empty(), new PeerAuth.Disabled(), serverName, List.of(), TlsVersion.TLS1_3);
  }

  private Destination path(String name) {
    return new Destination.UnixPath(world.getOrDefault(name, ""));
  }

  private int port(String name) {
    return Integer.parseInt(world.getOrDefault(name, ""));
  }
}
