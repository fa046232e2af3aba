package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.SessionName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A service of a mesh joined with its manifest. All `{{name}}` variables are expanded;
/// `$$SCONE::…$$` placeholders are not.
///
/// @param name its name in the mesh
/// @param image its image's name: `build.to` of the manifest
/// @param session `<namespace>/<name>`
/// @param launch what is started
/// @param files what is injected
/// @param volumes what it keeps, encrypted
/// @param secrets the secrets that it owns and imports
/// @param values the values of the mesh's variables for this service
public record PlannedService(
    String name,
    String image,
    ServiceManifest manifest,
    SessionName session,
    PlannedLaunch launch,
    List<PlannedFile> files,
    List<PlannedVolume> volumes,
    PlannedSecrets secrets,
    Map<String, String> values) {
  public PlannedService {
    files = List.copyOf(files);
    volumes = List.copyOf(volumes);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// Returns the service's name within its session: the last part of the path of the
  /// command's first word.
  public String serviceName() {
    return nameOf(launch.command().getFirst());
  }

  /// Returns true if its session has an image, which has its files and volumes.
  boolean hasImage() {
    return !files.isEmpty() || !volumes.isEmpty();
  }

  static String nameOf(String program) {
    return program.substring(program.lastIndexOf('/') + 1);
  }

  /// Returns the id by which the service identifies itself to CAS (`SCONE_CONFIG_ID`):
  /// `<namespace>/<name>/<service name>`.
  public String configId() {
    return session.value() + "/" + serviceName();
  }

  /// What is started.
  ///
  /// @param command the words of the command line, program first; never empty
  /// @param environment the variables, in the order written
  public record PlannedLaunch(
      List<String> command, Map<String, String> environment, Optional<String> pwd) {
    public PlannedLaunch {
      command = List.copyOf(command);
      environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }
  }

  /// A file that is injected.
  ///
  /// @param permission the mode bits; empty means 0700
  public record PlannedFile(String path, String content, Optional<Integer> permission) {}
}
