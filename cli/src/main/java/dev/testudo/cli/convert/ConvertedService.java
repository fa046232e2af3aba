package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Workload.Container;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A container that has become a service.
///
/// @param manifest its manifest without the section `secrets`, which depends on the other services
/// @param program the name of its program, the last part of its path
/// @param mounts what the container mounts
/// @param user `USER` or `USER:GROUP`, if the pod, an annotation or its image says
record ConvertedService(
    Workload workload,
    Container container,
    Map<String, Object> manifest,
    String program,
    List<Mount> mounts,
    Optional<String> user) {
  ConvertedService {
    mounts = List.copyOf(mounts);
  }

  /// Returns the name of the service.
  String name() {
    return container.service();
  }

  /// Returns the name of its new image.
  String image() {
    var build = manifest.get("build");
    return build instanceof Map<?, ?> keys ? String.valueOf(keys.get("to")) : "";
  }

  /// Returns the mounts that the container still has.
  List<Mount> kept() {
    return mounts.stream().filter(Mount::isKept).toList();
  }
}
