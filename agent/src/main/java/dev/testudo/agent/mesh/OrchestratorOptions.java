package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.probe.ProbeServer;
import dev.testudo.agent.probe.ServiceReadiness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an orchestrator, such as Kubernetes, wants from the agent. It is not trusted: with these
/// options it can only learn whether a service is ready, and let it stop later.
///
/// @param probePort the port at which the agent says whether the service is ready
/// @param readyPorts the ports at which the program of a ready service listens
/// @param drain how long the program goes on after SIGTERM, while callers learn that it stops
/// @param casWait how long CAS may be unreachable before the agent gives up
record OrchestratorOptions(
    Optional<Integer> probePort, List<Integer> readyPorts, Duration drain, Duration casWait) {
  private static final int LAST_PORT = 65_535;
  private static final int MOST_PORTS = 64;
  private static final int LONGEST = 3600;

  static final String PROBE_PORT = "--probe-port";
  static final String READY_PORTS = "--ready-ports";
  static final String DRAIN = "--drain-seconds";
  static final String CAS_WAIT = "--cas-wait-seconds";

  OrchestratorOptions {
    readyPorts = List.copyOf(readyPorts);
  }

  /// Reads the options from the values that were given.
  static OrchestratorOptions of(Map<String, String> given) throws AgentFailure {
    var port = given.get(PROBE_PORT);
    var seconds = given.getOrDefault(DRAIN, "0");
    return new OrchestratorOptions(
        port == null ? Optional.empty() : Optional.of(number(PROBE_PORT, port, 1, LAST_PORT)),
        ports(given.getOrDefault(READY_PORTS, "")),
        Duration.ofSeconds(number(DRAIN, seconds, 0, LONGEST)),
        Duration.ofSeconds(number(CAS_WAIT, given.getOrDefault(CAS_WAIT, "20"), 0, LONGEST)));
  }

  private static List<Integer> ports(String text) throws AgentFailure {
    var ports = new ArrayList<Integer>();
    if (!text.isEmpty()) {
      for (var port : text.split(",", MOST_PORTS + 1)) {
        ports.add(number(READY_PORTS, port, 1, LAST_PORT));
      }
    }
    return ports;
  }

  private static int number(String option, String text, int least, int most) throws AgentFailure {
    if (text.matches("[0-9]{1,5}")) {
      var number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw AgentFailure.usage(
        "`%s` of `%s` is not a number from %d to %d; %s"
            .formatted(text, option, least, most, AgentOptions.USAGE));
  }

  /// Starts to answer at the port, if there is one.
  Optional<ProbeServer> serve(ServiceReadiness readiness) throws AgentFailure {
    if (probePort.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ProbeServer.start(probePort.get(), readiness));
    } catch (IOException e) {
      throw AgentFailure.environment("listen at the probe port " + probePort.get(), e);
    }
  }
}
