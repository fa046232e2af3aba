package dev.testudo.image.registry;

import dev.testudo.image.registry.auth.AccessScope;
import dev.testudo.image.registry.http.HttpCall;
import java.util.Set;

/// A request to a registry and what it is for.
///
/// @param action what is to be done, for messages, such as `read the tags`
/// @param scope what the request needs to be permitted
/// @param call the request, without credentials
/// @param accepted the statuses that are no failure
record RegistryAsk(String action, AccessScope scope, HttpCall call, Set<Integer> accepted) {
  RegistryAsk {
    accepted = Set.copyOf(accepted);
  }

  RegistryAsk(String action, AccessScope scope, HttpCall call, Integer... accepted) {
    this(action, scope, call, Set.of(accepted));
  }

  /// Returns true if redirects are followed: only requests that change nothing are sent elsewhere.
  boolean follows() {
    return call.method().equals("GET") || call.method().equals("HEAD");
  }
}
