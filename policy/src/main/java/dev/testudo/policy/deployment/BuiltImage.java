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
/// @param initdata the digest of the initdata with which a guest of Kata Containers runs the image,
///     in hexadecimal digits, if the mesh has such guests
public record BuiltImage(
    String measurement,
    List<String> stable,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    Optional<ProtectedRegion> files,
    Optional<String> initdata) {
  public BuiltImage {
    stable = List.copyOf(stable);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /// Returns an image of which only the measurement is known.
  public static BuiltImage of(String measurement) {
    return new BuiltImage(
        measurement, List.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// Returns the same image in a guest with initdata.
  ///
  /// @param digest in hexadecimal digits
  public BuiltImage launchedWith(String digest) {
    return new BuiltImage(
        measurement, stable, environment, workingDirectory, files, Optional.of(digest));
  }
}
