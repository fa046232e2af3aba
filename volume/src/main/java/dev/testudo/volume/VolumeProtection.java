package dev.testudo.volume;

/// How the content of a volume that is written whole is protected. In both cases nobody changes it
/// unnoticed.
public enum VolumeProtection {
  /// Only who has the key can read it.
  ENCRYPTED,
  /// Everybody can read it.
  AUTHENTICATED_ONLY
}
