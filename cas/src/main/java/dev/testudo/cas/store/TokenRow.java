package dev.testudo.cas.store;

import dev.testudo.trust.secret.Secret;

/// What is stored of a join token of one service.
public final class TokenRow {
  private final String session;
  private final String service;
  private final String id;
  private final Secret content;

  /// What is to be stored; `content` is sealed before it is.
  public TokenRow(String session, String service, String id, Secret content) {
    this.session = session;
    this.service = service;
    this.id = id;
    this.content = content;
  }

  /// The session of the service.
  public String session() {
    return session;
  }

  /// The service's name in its session.
  public String service() {
    return service;
  }

  /// The token's name among those of its service.
  public String id() {
    return id;
  }

  /// Its hash, its bounds and its uses.
  public Secret content() {
    return content;
  }

  @Override
  public String toString() {
    return "TokenRow[%s/%s, %s]".formatted(session, service, id);
  }
}
