package dev.testudo.cli.convert;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Optional;

/// A volume that a container mounts.
///
/// @param name the name of the volume in the pod
/// @param path where the container sees it
/// @param spec the mount as it is written
/// @param volume the volume as it is written; empty for a claim of a StatefulSet
record Mount(Text name, Text path, Mapping spec, Optional<Mapping> volume, Kind kind) {
  /// What container runtimes create or mount. It is never measured.
  private static final List<String> NEVER_MEASURED = List.of("/tmp", "/var/tmp", "/run", "/dev");

  /// What happens to a volume.
  enum Kind {
    /// ConfigMaps and Secrets: the policy has their content.
    POLICY,
    /// A folder that is empty when the pod starts.
    SCRATCH,
    /// What the cluster tells the pod: downward API, tokens of its account.
    CLUSTER,
    /// What outlives the pod, or comes from elsewhere. It is not encrypted.
    PLAIN
  }

  /// Returns true if the container still has the volume after the conversion.
  boolean isKept() {
    return kind == Kind.SCRATCH || kind == Kind.PLAIN;
  }

  /// Returns the path without slashes at its end.
  String folder() {
    return path.value().replaceAll("(?<=.)/+$", "");
  }

  /// Returns true for a path that the image must leave unmeasured, because the content of the
  /// volume is there instead.
  boolean isMeasured() {
    var folder = folder();
    return NEVER_MEASURED.stream().noneMatch(p -> folder.equals(p) || folder.startsWith(p + "/"));
  }
}
