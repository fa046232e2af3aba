package dev.testudo.cas.store;

import dev.testudo.trust.secret.Secret;

/// The stored row of a join token.
public final class TokenRow {
  private final String session;
  private final String service;
  private final String id;
  private final Secret content;

  /// Creates a row to be stored. `content` is encrypted before.
  public TokenRow(String session, String service, String id, Secret content) {
    this.session = session;
    this.service = service;
    this.id = id;
    this.content = content;
  }

  /// Returns the session of the service.
  public String session() {
    return session;
  }

  /// Returns the service's name in its session.
  public String service() {
    return service;
  }

  /// Returns the token's id, unique within its service.
  public String id() {
    return id;
  }

  /// Returns the token's hash, limits and uses.
  public Secret content() {
    return content;
  }

  @Override
  public String toString() {
    return "TokenRow[%s/%s, %s]".formatted(session, service, id);
  }
}
