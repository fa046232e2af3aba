package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// How Kata Containers starts the virtual machine of a pod, and what it hands to it. `apply` writes
/// initdata for such a guest, whose digest hardware certifies.
///
/// @param runtimeClass the name of the RuntimeClass in the cluster
/// @param vcpus how many processors a pod asks for
/// @param memory how much memory a pod asks for, in MiB
/// @param configuration files for the guest's components, by their names in initdata
/// @param policies files with agent policies that replace those of `apply`, by service
public record KataGuest(
    Text runtimeClass,
    int vcpus,
    int memory,
    Map<String, Text> configuration,
    Map<String, Text> policies) {
  /// Copies the maps.
  public KataGuest {
    configuration = Collections.unmodifiableMap(new TreeMap<>(configuration));
    policies = Collections.unmodifiableMap(new TreeMap<>(policies));
  }
}
