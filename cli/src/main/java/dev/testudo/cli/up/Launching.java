package dev.testudo.cli.up;

import dev.testudo.cli.process.ChildSpec;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Builds the command lines of the processes that `up` starts.
///
/// @param launcher the program that starts Testudo
/// @param javaHome the JDK that it runs on, which CAS must be able to read as another user
/// @param environment the environment of this process; children inherit only what is
///     needed to find a JDK
/// @param root true if this process runs as root
public record Launching(
    Path launcher, Path javaHome, Map<String, String> environment, boolean root) {
  private static final Set<String> PASSED_ON =
      Set.of("PATH", "HOME", "JAVA_HOME", "TESTUDO_JAVA_HOME", "LANG", "LC_ALL", "TMPDIR");

  public Launching {
    environment = Map.copyOf(environment);
  }

  /// The arguments of an agent.
  ///
  /// @param state the state of the mesh, which no service may see
  /// @param user the user id that the program runs under; empty for this process's user
  record AgentCall(
      RunningCas cas,
      String serviceId,
      Path image,
      String address,
      Path hosts,
      Path events,
      Path state,
      OptionalInt user) {}

  /// Starts a session of its own, so that Ctrl-C at the terminal reaches only us. We then stop
  /// everything in order.
  private List<String> detached() {
    return new ArrayList<>(List.of("setsid"));
  }

  /// Returns the command of CAS, which listens on a free port of this machine.
  ///
  /// @param user the user id that it runs under; empty for this process's user
  /// @param owner the key that may register sessions
  ChildSpec cas(Path state, OptionalInt user, KeyHash owner) {
    var command = detached();
    if (user.isPresent()) {
      var home = Objects.requireNonNull(launcher.getParent());
      command.addAll(OtherUser.prefix(user.getAsInt(), List.of(home, javaHome, state)));
    }
    command.addAll(
        List.of(
            launcher.toString(),
            "cas",
            "serve",
            "--state",
            state.toString(),
            "--listen",
            "127.0.0.1:0",
            "--owner",
            owner.text(),
            "--exit-with-stdin"));
    return new ChildSpec(command, inherited(), Path.of("/"));
  }

  /// Returns the command of an agent. It is the first process of a PID namespace, so that killing
  /// it kills everything it has started.
  ///
  /// @param token passed through its standard input, since other processes of the user could read
  ///     files and environments
  ChildSpec agent(AgentCall call, Optional<Secret> token) {
    var command = detached();
    command.add("unshare");
    if (!root) {
      command.addAll(List.of("--user", "--map-current-user", "--keep-caps"));
    }
    command.addAll(List.of("--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"));
    command.addAll(
        List.of(
            launcher.toString(),
            "agent",
            "run",
            "--cas",
            call.cas().address().toString(),
            "--cas-key",
            call.cas().key().text(),
            "--service",
            call.serviceId(),
            "--image",
            call.image().toString(),
            "--address",
            call.address(),
            "--hosts",
            call.hosts().toString(),
            "--evidence-source",
            "software", // which the sessions of the mesh name
            "--events",
            call.events().toString(),
            "--hide",
            call.state().toString(),
            "--volumes",
            call.state().resolve("volumes").toString(),
            "--exit-with-stdin"));
    call.user().ifPresent(id -> command.addAll(List.of("--user", "%d:%d".formatted(id, id))));
    if (token.isPresent()) {
      command.addAll(List.of("--token-fd", "0"));
    }
    return new ChildSpec(command, inherited(), Path.of("/"), token);
  }

  /// Returns the user's command, with the user's environment and variables that describe the mesh.
  ChildSpec command(List<String> words, MeshDirectory state, RunningCas cas, Path directory) {
    var all = new HashMap<>(environment);
    all.put("TESTUDO", launcher.toString());
    all.put("TESTUDO_STATE", state.root().toString());
    all.put("TESTUDO_MESH_JSON", state.run().resolve("mesh.json").toString());
    all.put("TESTUDO_CAS", cas.address().toString());
    all.put("TESTUDO_CAS_KEY", cas.key().text());
    var guarded = new ArrayList<>(List.of("setpriv", "--pdeathsig", "TERM", "--"));
    guarded.addAll(words);
    return new ChildSpec(guarded, all, directory);
  }

  private Map<String, String> inherited() {
    var passed = new HashMap<>(environment);
    passed.keySet().retainAll(PASSED_ON);
    return passed;
  }
}
