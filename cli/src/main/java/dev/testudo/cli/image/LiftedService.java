package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.policy.substitution.SessionTemplate;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the configuration of an existing image says about the program, as a policy says it. The
/// operator of a cluster can change the configuration of an image, but not a policy.
///
/// @param name the name of session and service
/// @param command the program and its arguments
/// @param environment the variables of the program
/// @param workingDirectory the directory in which the program starts
public record LiftedService(
    String name, List<String> command, Map<String, String> environment, String workingDirectory) {
  private static final String VERSION = "0.3.12";

  /// What a policy would replace in a value of an image, which knows no placeholders.
  private static final List<String> PLACEHOLDERS = List.of("$$SCONE::", "@@", "\\@\\@");

  /// Copies the collections.
  public LiftedService {
    command = List.copyOf(command);
    environment = new TreeMap<>(environment);
  }

  /// Takes what an image says.
  ///
  /// @param command the command that the user gives in place of the image's; empty for the image's
  /// @throws CommandFailed if there is no command, or a policy cannot say the same
  public static LiftedService of(String name, ContainerConfig image, List<String> command)
      throws CommandFailed {
    var words = new ArrayList<>(command);
    if (words.isEmpty()) {
      words.addAll(image.entrypoint());
      words.addAll(image.command());
    }
    if (words.isEmpty()) {
      throw CommandFailed.input(
          "the image says neither `Entrypoint` nor `Cmd`; add the command after `--`");
    }
    for (var word : words) {
      requirePlain("the command of the image", word);
    }
    var environment = environment(image);
    var directory = image.workingDirectory().isEmpty() ? "/" : image.workingDirectory();
    return new LiftedService(name, words, environment, directory);
  }

  /// Returns the variables of an image as a policy can say them.
  ///
  /// @throws CommandFailed if a policy would replace something in a value
  public static Map<String, String> environment(ContainerConfig image) throws CommandFailed {
    var environment = new TreeMap<String, String>();
    for (var variable : image.environment()) {
      var parts = variable.split("=", 2);
      if (parts.length == 2 && !parts[0].isEmpty()) {
        environment.put(parts[0], parts[1]);
      }
    }
    for (var variable : environment.entrySet()) {
      requirePlain(
          "the variable `%s` of the image".formatted(variable.getKey()), variable.getValue());
    }
    return environment;
  }

  private static void requirePlain(String what, String value) throws CommandFailed {
    for (var placeholder : PLACEHOLDERS) {
      if (value.startsWith(placeholder)
          || (placeholder.startsWith("$") && value.contains(placeholder))) {
        throw CommandFailed.input(
            "%s contains `%s`, which a policy would replace; write a policy by hand"
                .formatted(what, placeholder));
      }
    }
  }

  /// Returns what of an existing image has no counterpart in a confidential one, for people to
  /// read.
  public static List<String> losses(ContainerConfig image) {
    var losses = new ArrayList<String>();
    if (image.healthcheck().isPresent()) {
      losses.add("the image's health check is left out: it would run outside the attested program");
    }
    if (!image.volumes().isEmpty()) {
      losses.add(
          "not measured, because they are volumes of the image: "
              + String.join(", ", image.volumes()));
    }
    return losses;
  }

  /// Returns how to keep what `testudo session create` would replace in the session, for people to
  /// read. Empty if there is nothing. Images have such values for a shell of theirs.
  public Optional<String> keptVariables() {
    var options =
        Stream.concat(command.stream(), environment.values().stream())
            .flatMap(value -> SessionTemplate.names(value).stream())
            .distinct()
            .map("-e '%1$s=$%1$s'"::formatted)
            .collect(Collectors.joining(" "));
    return options.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the image's values name variables; keep them when you register the session: "
                + options);
  }

  /// Returns a session for the service.
  ///
  /// @param measurement the measurement of the confidential image
  public String session(String measurement) {
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("name", name);
    service.put("command", command);
    service.put("pwd", workingDirectory);
    if (!environment.isEmpty()) {
      service.put("environment", environment);
    }
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("mrenclave", measurement);
    rule.put("join_token", "required");
    service.put("attestation", List.of(rule));
    Map<String, Object> session = new LinkedHashMap<>();
    session.put("name", name);
    session.put("version", VERSION);
    session.put(
        "security", Map.of("attestation", Map.of("tolerate", List.of("software-evidence"))));
    session.put("services", List.of(service));
    return YamlWriter.write(session);
  }
}
