package dev.testudo.policy.deployment;

import dev.testudo.policy.session.Volume;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A volume of a service, with all variables expanded.
///
/// @param mount what it is
/// @param written how it is written in the manifest, with references that hold from the session of
///     the service
public record PlannedVolume(Volume.Mount mount, Mapping written) {
  private static final List<String> OF_MOUNTS = List.of("path", "update_policy");

  /// Returns its entry in `volumes` of the session.
  Map<String, Object> definition() {
    Map<String, Object> entry = new LinkedHashMap<>();
    written.entries().stream()
        .filter(e -> !e.value().isNull() && !OF_MOUNTS.contains(e.key().text()))
        .forEach(e -> entry.put(e.key().text(), e.value().plain()));
    return entry;
  }

  /// Returns its entry in `volumes` of the image.
  Map<String, Object> place() {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", mount.volume().name());
    entry.put("path", mount.path());
    written
        .entry("update_policy")
        .filter(e -> !e.value().isNull())
        .ifPresent(e -> entry.put("update_policy", e.value().plain()));
    return entry;
  }

  /// Returns where it comes from, if another session owns it.
  public Optional<Volume.Origin.Imported> imported() {
    return mount.volume().origin() instanceof Volume.Origin.Imported imported
        ? Optional.of(imported)
        : Optional.empty();
  }
}
