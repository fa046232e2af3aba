/// Encrypted volumes: their format, their writers and their readers.
@org.jspecify.annotations.NullMarked
module dev.testudo.volume {
  requires static org.jspecify;
  requires transitive dev.testudo.trust;

  exports dev.testudo.volume;
  exports dev.testudo.volume.sealed;
}
