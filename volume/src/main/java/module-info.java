/// Encrypted volumes: their format, its writer and its reader.
@org.jspecify.annotations.NullMarked
module dev.testudo.volume {
  requires static org.jspecify;
  requires transitive dev.testudo.trust;

  exports dev.testudo.volume;
}
