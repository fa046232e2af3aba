package dev.testudo.image.oci;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How a container of the image starts: the member `config` of an image's configuration (OCI
/// image-spec, config.md). OCI and Docker spell it alike.
///
/// @param entrypoint the program and its first arguments
/// @param command further arguments, or the program if there is no entry point
/// @param environment variables, `NAME=VALUE`
/// @param user user and perhaps group, by name or number; empty means root
/// @param workingDirectory the directory of the program; empty means `/`
/// @param exposedPorts ports such as `8080/tcp`
/// @param volumes directories that are not part of the image
/// @param healthcheck how a runtime finds out whether the container works
/// @param labels labels by name
/// @param stopSignal the signal that ends the container, such as `SIGTERM`
/// @param others members that Testudo does not know, such as `Shell` and `OnBuild`
public record ContainerConfig(
    List<String> entrypoint,
    List<String> command,
    List<String> environment,
    String user,
    String workingDirectory,
    Set<String> exposedPorts,
    Set<String> volumes,
    Optional<Healthcheck> healthcheck,
    Map<String, String> labels,
    Optional<String> stopSignal,
    Map<String, JsonValue> others) {
  /// Copies the collections.
  public ContainerConfig {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    environment = List.copyOf(environment);
    exposedPorts = Collections.unmodifiableSet(new TreeSet<>(exposedPorts));
    volumes = Collections.unmodifiableSet(new TreeSet<>(volumes));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }

  /// Returns a configuration that says nothing.
  public static ContainerConfig empty() {
    return new ContainerConfig(
        List.of(),
        List.of(),
        List.of(),
        "",
        "",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  /// Returns the same configuration with another user.
  public ContainerConfig withUser(String other) {
    return new ContainerConfig(
        entrypoint,
        command,
        environment,
        other,
        workingDirectory,
        exposedPorts,
        volumes,
        healthcheck,
        labels,
        stopSignal,
        others);
  }

  static ContainerConfig read(JsonMembers members) throws MessageException {
    var healthcheck = members.optional("Healthcheck");
    return new ContainerConfig(
        members.optionalTexts("Entrypoint"),
        members.optionalTexts("Cmd"),
        members.optionalTexts("Env"),
        members.optionalText("User").orElse(""),
        members.optionalText("WorkingDir").orElse(""),
        names(members, "ExposedPorts"),
        names(members, "Volumes"),
        healthcheck.isPresent()
            ? Optional.of(Healthcheck.read(healthcheck.get(), "config.Healthcheck"))
            : Optional.empty(),
        OciJson.texts(members, "Labels"),
        members.optionalText("StopSignal").filter(text -> !text.isEmpty()),
        members.rest());
  }

  /// Sets are objects whose members are empty objects.
  private static Set<String> names(JsonMembers members, String name) throws MessageException {
    var value = members.optional(name);
    if (value.isEmpty()) {
      return Set.of();
    }
    if (value.get() instanceof JsonObject(var object)) {
      return object.keySet();
    }
    throw members.wrong(name, "an object");
  }

  private static JsonObject object(Set<String> names) {
    var members = new TreeMap<String, JsonValue>();
    names.forEach(name -> members.put(name, new JsonObject(Map.of())));
    return new JsonObject(members);
  }

  JsonObject json() {
    var json = new JsonBuilder();
    list(json, "Entrypoint", entrypoint);
    list(json, "Cmd", command);
    list(json, "Env", environment);
    text(json, "User", user);
    text(json, "WorkingDir", workingDirectory);
    if (!exposedPorts.isEmpty()) {
      json.put("ExposedPorts", object(exposedPorts));
    }
    if (!volumes.isEmpty()) {
      json.put("Volumes", object(volumes));
    }
    healthcheck.ifPresent(check -> json.put("Healthcheck", check.json()));
    if (!labels.isEmpty()) {
      json.put("Labels", OciJson.object(labels));
    }
    json.put("StopSignal", stopSignal);
    others.forEach(json::put);
    return json.build();
  }

  private static void list(JsonBuilder json, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      json.put(name, texts);
    }
  }

  private static void text(JsonBuilder json, String name, String text) {
    if (!text.isEmpty()) {
      json.put(name, text);
    }
  }
}
