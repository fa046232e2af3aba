package dev.testudo.image.registry.http;

import dev.testudo.trust.http.LoopbackHost;
import java.util.Set;

/// The hosts to which plain HTTP is permitted: this machine, and those that the caller names.
///
/// @param named `HOST` or `HOST:PORT` of each further one, in lower case
public record PlainHttp(Set<String> named) {
  public PlainHttp {
    named = Set.copyOf(named);
  }

  /// Returns true if requests to `origin` may be unencrypted.
  public boolean permits(HttpOrigin origin) {
    return permits(origin.authority());
  }

  /// Returns true if requests to `HOST[:PORT]` may be unencrypted.
  public boolean permits(String authority) {
    var host = authority.replaceFirst(":\\d+$", "");
    return LoopbackHost.is(host) || named.contains(authority);
  }
}
