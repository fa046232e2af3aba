package dev.testudo.cli.up;

import dev.testudo.cli.board.ServiceState;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.trust.channel.AgentEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Determines why services ended, from the last reports of their agents and the exit codes.
final class Endings {
  private static final int KILLED = 128;

  /// The beginning of an agent's message that would repeat our own words.
  private static final String REFUSED = "refused: ";

  private final Map<String, String> failures = new HashMap<>();
  private final Map<String, String> requests = new HashMap<>();
  private final Map<String, Integer> programs = new HashMap<>();

  /// How a service ended.
  record Ending(ServiceState state, ExitCode code, String line) {}

  /// Returns the request id of CAS's refusal of `service`, if CAS refused it.
  Optional<String> refusal(String service) {
    return Optional.ofNullable(requests.get(service));
  }

  /// Records a report that may explain an end.
  void heard(String service, AgentEvent event) {
    switch (event) {
      case AgentEvent.Failed(var message, var request) -> {
        failures.put(
            service, message.startsWith(REFUSED) ? message.substring(REFUSED.length()) : message);
        request.ifPresent(name -> requests.put(service, name));
      }
      case AgentEvent.Exited(var code) -> programs.put(service, code);
      case AgentEvent.Attested _,
          AgentEvent.Started _,
          AgentEvent.Listening _,
          AgentEvent.Opened _,
          AgentEvent.Closed _,
          AgentEvent.Renewed _,
          AgentEvent.NotRenewed _,
          AgentEvent.Refused _ -> {}
    }
  }

  /// Returns how `service` ended with exit code `code`.
  Ending of(String service, int code) {
    var program = programs.get(service);
    if (program != null) {
      return program == 0
          ? new Ending(ServiceState.FINISHED, ExitCode.DONE, "service " + service + " finished")
          : failed("service %s ended %s".formatted(service, how(program)));
    }
    var why = failures.get(service);
    if (code == ExitCode.REFUSED.number()) {
      return new Ending(
          ServiceState.REFUSED,
          ExitCode.REFUSED,
          "service %s was refused%s".formatted(service, why == null ? "" : ": " + why));
    }
    if (code == 0) {
      return new Ending(ServiceState.FINISHED, ExitCode.DONE, "service " + service + " finished");
    }
    return failed(
        "the agent of service %s ended %s%s"
            .formatted(service, how(code), why == null ? "" : ": " + why));
  }

  private static Ending failed(String line) {
    return new Ending(ServiceState.FAILED, ExitCode.ENVIRONMENT_FAILED, line);
  }

  static String how(int code) {
    return code > KILLED
        ? "by signal " + (code - KILLED) + " " + signal(code - KILLED)
        : "with exit code " + code;
  }

  private static String signal(int number) {
    return switch (number) {
      case 1 -> "(HUP)";
      case 2 -> "(INT)";
      case 6 -> "(ABRT)";
      case 9 -> "(KILL)";
      case 11 -> "(SEGV)";
      case 13 -> "(PIPE)";
      case 15 -> "(TERM)";
      default -> "";
    };
  }
}
