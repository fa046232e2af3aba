package dev.testudo.policy.deployment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the session of a service says of its image.
///
/// @param measurement the measurement, 64 hexadecimal digits
/// @param stable measurements of earlier versions that may go on running
/// @param environment the variables of the base image; those of the manifest take precedence
/// @param workingDirectory that of the base image, used if the manifest names none
/// @param files the files of the image that are encrypted, if there are any
public record BuiltImage(
    String measurement,
    List<String> stable,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    Optional<ProtectedRegion> files) {
  public BuiltImage {
    stable = List.copyOf(stable);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /// Returns an image of which only the measurement is known.
  public static BuiltImage of(String measurement) {
    return new BuiltImage(measurement, List.of(), Map.of(), Optional.empty(), Optional.empty());
  }
}
