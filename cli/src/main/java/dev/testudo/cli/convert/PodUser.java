package dev.testudo.cli.convert;

import java.util.List;
import java.util.Optional;

/// The user of a pod's processes.
///
/// @param name `USER` or `USER:GROUP`; empty if nothing is known
record PodUser(Optional<String> name) {
  /// What `securityContext` says of it.
  static final List<String> KEYS = List.of("runAsUser", "runAsGroup", "runAsNonRoot");

  /// Returns the `securityContext` of a pod with this user, over what the pod has. A user that is
  /// given as a number has the same number as group, unless something else is given.
  Draft over(Draft pod) {
    var parts = name.filter(n -> n.matches("[0-9]{1,9}(:[0-9]{1,9})?")).map(n -> n.split(":", 2));
    if (parts.isEmpty()) {
      return pod;
    }
    var user = Integer.parseInt(parts.get()[0]);
    var group = parts.get().length == 2 ? Integer.parseInt(parts.get()[1]) : user;
    pod.put("runAsUser", user).putIfAbsent("runAsGroup", group).putIfAbsent("fsGroup", group);
    if (user == 0) {
      pod.put("runAsNonRoot", false);
    }
    return pod;
  }

  /// Returns true if the user is given by a name, which only the image knows.
  boolean isNamed() {
    return name.filter(n -> !n.matches("[0-9].*")).isPresent();
  }
}
