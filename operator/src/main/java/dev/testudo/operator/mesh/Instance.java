package dev.testudo.operator.mesh;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What a pod tells of its agent. Kubernetes says whether it is ready, which an agent answers only
/// after CAS has attested it; the exit code of its last end says why it is not
/// (docs/kubernetes.md).
///
/// @param pod the name of the pod
/// @param message why it does not run, or nothing
record Instance(String pod, State state, String message) {
  private static final int POLICY_NOT_CARRIED_OUT = 1;
  private static final int WRONG_VARIABLE = 2;
  private static final int ENVIRONMENT_FAILED = 3;
  private static final int REFUSED = 4;
  private static final int MOST_MESSAGE = 512;

  /// The states, the worst first.
  enum State {
    /// CAS has refused it.
    REFUSED("RefusedByCas"),
    /// The agent could not carry out the policy, or the pod was changed by hand.
    CANNOT_START("CannotStart"),
    /// CAS was not reached, or something else of the environment failed.
    ENVIRONMENT_FAILED("EnvironmentFailed"),
    /// It has not told anything yet.
    WAITING("Waiting"),
    /// It is attested and ready.
    ATTESTED("Attested");

    private final String reason;

    State(String reason) {
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  static Instance of(Pod pod) {
    var name = pod.getMetadata().getName();
    if (isReady(pod)) {
      return new Instance(name, State.ATTESTED, "");
    }
    return containers(pod)
        .map(Instance::lastEnd)
        .flatMap(Optional::stream)
        .map(end -> ended(name, end))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(new Instance(name, State.WAITING, ""));
  }

  private static boolean isReady(Pod pod) {
    var status = pod.getStatus();
    return status != null
        && pod.getMetadata().getDeletionTimestamp() == null
        && status.getConditions().stream()
            .anyMatch(one -> "Ready".equals(one.getType()) && "True".equals(one.getStatus()));
  }

  private static Stream<ContainerStatus> containers(Pod pod) {
    return pod.getStatus() == null ? Stream.of() : pod.getStatus().getContainerStatuses().stream();
  }

  private static Optional<ContainerStateTerminated> lastEnd(ContainerStatus container) {
    return Stream.of(container.getState(), container.getLastState())
        .filter(Objects::nonNull)
        .flatMap(state -> Stream.ofNullable(state.getTerminated()))
        .findFirst();
  }

  private static Optional<Instance> ended(String pod, ContainerStateTerminated end) {
    var code = Objects.requireNonNullElse(end.getExitCode(), 0);
    var state =
        switch (code) {
          case REFUSED -> State.REFUSED;
          case POLICY_NOT_CARRIED_OUT, WRONG_VARIABLE -> State.CANNOT_START;
          case ENVIRONMENT_FAILED -> State.ENVIRONMENT_FAILED;
          // The program's own end.
          default -> State.WAITING;
        };
    var said = Objects.requireNonNullElse(end.getMessage(), "").strip();
    var message = said.substring(Math.max(0, said.length() - MOST_MESSAGE));
    return Optional.of(
        new Instance(pod, state, "%s ended with %d: %s".formatted(pod, code, message)));
  }
}
