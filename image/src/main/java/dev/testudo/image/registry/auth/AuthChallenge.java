package dev.testudo.image.registry.auth;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A challenge of the header `WWW-Authenticate` (RFC 9110 §11.3).
///
/// @param scheme the scheme in lower case, such as `bearer`
/// @param parameters the parameters; their names are in lower case
public record AuthChallenge(String scheme, Map<String, String> parameters) {
  public AuthChallenge {
    scheme = scheme.toLowerCase(Locale.ROOT);
    parameters = Map.copyOf(parameters);
  }

  /// Returns a parameter.
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }
}
