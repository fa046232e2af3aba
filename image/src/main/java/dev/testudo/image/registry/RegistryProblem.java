package dev.testudo.image.registry;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// What failed, in parts.
///
/// @param fault what kind of failure it is
/// @param task what was to be done, and where
/// @param status the status of the registry's answer, if there was one
/// @param code the registry's own error code, such as `DENIED` (distribution-spec, error codes)
/// @param reason why, in words
/// @param retryAfter how long the registry asks to wait
public record RegistryProblem(
    RegistryFault fault,
    RegistryTask task,
    OptionalInt status,
    Optional<String> code,
    String reason,
    Optional<Duration> retryAfter) {

  /// Returns the one line that says everything.
  String line() {
    return "cannot %s (registry `%s`, repository `%s`): %s; %s"
        .formatted(
            task.action(),
            task.registry(),
            task.repository(),
            reason,
            fault.advice(task.registry()));
  }
}
