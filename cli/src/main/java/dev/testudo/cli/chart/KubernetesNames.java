package dev.testudo.cli.chart;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.deployment.PlannedService;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The names that the objects of services have in a cluster: labels of RFC 1035, because the name
/// of a Service object is a host name. With a release they begin with its name.
///
/// @param names the name of each service's objects, by the name of the service
public record KubernetesNames(Map<String, String> names) {
  /// The longest name of an object that is also a label (RFC 1123).
  private static final int LONGEST = 63;

  private static final int LONGEST_OF_MESH = 40;

  /// Copies the names.
  public KubernetesNames {
    names = Map.copyOf(names);
  }

  /// @throws CommandFailed if a service cannot have a name, or two services have the same
  static KubernetesNames of(MeshPlan plan) throws CommandFailed {
    var names = new LinkedHashMap<String, String>();
    var owners = new LinkedHashMap<String, String>();
    for (var service : plan.services()) {
      var name = label(service);
      if (name.length() > LONGEST) {
        throw CommandFailed.input(
            "in a cluster, service `%s` would have the name `%s`, which has more than %d characters; choose a shorter name"
                .formatted(service.name(), name, LONGEST));
      }
      var other = owners.put(name, service.name());
      if (other != null) {
        throw CommandFailed.input(
            "in a cluster, the services `%s` and `%s` would both have the name `%s`; rename one of them"
                .formatted(other, service.name(), name));
      }
      names.put(service.name(), name);
    }
    return new KubernetesNames(names);
  }

  /// Returns the name of a service's objects.
  String of(PlannedService service) {
    return of(service.name());
  }

  /// Returns the name of the objects of the service with this name in the mesh.
  String of(String service) {
    var name = names.get(service);
    if (name == null) {
      throw new IllegalArgumentException("no service " + service);
    }
    return name;
  }

  /// Returns whether a service's objects have another name than the service, so that others do not
  /// find it by its name in the mesh.
  boolean isRenamed(String service) {
    return !of(service).equals(service);
  }

  private static String label(PlannedService service) throws CommandFailed {
    var label = plain(service.name());
    if (label.isEmpty() || !Character.isLetter(label.charAt(0))) {
      throw CommandFailed.input(
          "in a cluster, the name of service `%s` must begin with a letter from a to z; rename it"
              .formatted(service.name()));
    }
    return label;
  }

  /// Returns the name of a mesh in a cluster, which is the last part of its namespace; empty if
  /// that gives none of 1 to 40 characters.
  public static Optional<String> ofMesh(String namespace) {
    var name = plain(namespace.substring(namespace.lastIndexOf('/') + 1));
    return Optional.of(name).filter(n -> !n.isEmpty() && n.length() <= LONGEST_OF_MESH);
  }

  /// Returns the name of the Secret with the join tokens of a mesh.
  ///
  /// @param mesh the name of the mesh in the cluster
  public static String ofJoinTokens(String mesh) {
    return mesh + "-join-tokens";
  }

  /// Returns the key of the join token of a service in that Secret.
  public static String ofJoinToken(String service) {
    return service + ".token";
  }

  /// Returns a name in lower case, with hyphens for what labels must not contain.
  public static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
  }
}
