package dev.testudo.cas.store;

import dev.testudo.trust.secret.Secret;

/// The stored row of a volume.
public final class VolumeRow {
  private final String session;
  private final String name;
  private final Secret content;
  private final byte[] sealed;

  /// @param sealed the content as the database has it
  VolumeRow(String session, String name, Secret content, byte[] sealed) {
    this.session = session;
    this.name = name;
    this.content = content;
    this.sealed = sealed.clone();
  }

  /// Returns the session that owns the volume.
  public String session() {
    return session;
  }

  /// Returns the volume's name in its session.
  public String name() {
    return name;
  }

  /// Returns the volume's state and lease.
  public Secret content() {
    return content;
  }

  byte[] sealed() {
    return sealed.clone();
  }

  @Override
  public String toString() {
    return "VolumeRow[%s:%s]".formatted(session, name);
  }
}
