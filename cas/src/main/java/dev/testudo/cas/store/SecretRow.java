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

  /// The secret's name in its session.
  public String name() {
    return name;
  }

  /// The value's revision, from 1; it has nothing to do with the session's.
  public long revision() {
    return revision;
  }

  /// The value.
  public Secret value() {
    return value;
  }

  @Override
  public String toString() {
    return "SecretRow[%s, %d]".formatted(name, revision);
  }
}
