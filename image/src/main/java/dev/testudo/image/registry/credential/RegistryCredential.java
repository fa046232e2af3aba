package dev.testudo.image.registry.credential;

import dev.testudo.trust.secret.Secret;

/// What proves to a registry who asks.
public sealed interface RegistryCredential {
  /// A user and a password (RFC 7617).
  ///
  /// @param user the name of the user, without a colon
  /// @param password the password or an access token that is used like one
  record Password(String user, Secret password) implements RegistryCredential {}

  /// A refresh token of the registry's token server, which Docker calls identity token.
  ///
  /// @param token the token
  record IdentityToken(Secret token) implements RegistryCredential {}
}
