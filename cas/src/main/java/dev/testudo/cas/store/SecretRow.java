package dev.testudo.cas.store;

import dev.testudo.trust.secret.Secret;

/// A stored value of a secret.
public final class SecretRow {
  private final String name;
  private final long revision;
  private final Secret value;

  SecretRow(String name, long revision, Secret value) {
    this.name = name;
    this.revision = revision;
    this.value = value;
  }

  /// Returns the secret's name in its session.
  public String name() {
    return name;
  }

  /// Returns the revision of the value, from 1. It is independent of the session's revision.
  public long revision() {
    return revision;
  }

  /// Returns the value.
  public Secret value() {
    return value;
  }

  @Override
  public String toString() {
    return "SecretRow[%s, %d]".formatted(name, revision);
  }
}
