package dev.testudo.agent.probe;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Whether a service can take connections: CAS has attested it, its network shield is active, its
/// program runs and listens at the ports that the orchestrator names, and nobody has told it to
/// stop.
public final class ServiceReadiness {
  private static final System.Logger LOG = System.getLogger(ServiceReadiness.class.getName());

  private final List<Integer> ports;
  private volatile Phase phase = Phase.ATTESTING;
  private volatile String wait = "";

  private enum Phase {
    ATTESTING,
    RUNNING,
    STOPPING
  }

  /// @param ports at which the program must listen
  public ServiceReadiness(List<Integer> ports) {
    this.ports = List.copyOf(ports);
  }

  /// Records why the service is not attested yet.
  ///
  /// @return whether that is new
  public boolean waitsBecause(String obstacle) {
    var before = wait;
    wait = obstacle;
    return !before.equals(obstacle);
  }

  /// Records that the program runs behind its shield.
  public void started() {
    phase = Phase.RUNNING;
  }

  /// Records that the service is about to stop.
  public void stopping() {
    phase = Phase.STOPPING;
  }

  /// Returns why the service cannot take connections; empty if it can. The answer is for anybody,
  /// and says nothing that a caller could not find out by connecting.
  Optional<String> obstacle() {
    return switch (phase) {
      case ATTESTING -> Optional.of("not attested yet" + (wait.isEmpty() ? "" : ": " + wait));
      case STOPPING -> Optional.of("stopping");
      case RUNNING -> unopened().map(port -> "nothing listens at port " + port);
    };
  }

  private Optional<Integer> unopened() {
    try {
      var open = ListeningPorts.among(ports);
      return ports.stream().filter(port -> !open.contains(port)).findFirst();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot read the listening ports: {0}", e.getMessage());
      return ports.stream().findFirst();
    }
  }
}
