/// Encrypted volumes: their format, their writers and their readers, and their mounts.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the modules that it exports to are compiled later
module dev.testudo.volume {
  requires static org.jspecify;
  requires transitive dev.testudo.linux;
  requires transitive dev.testudo.trust;

  exports dev.testudo.volume;
  exports dev.testudo.volume.sealed;
  exports dev.testudo.volume.format to
      dev.testudo.agent,
      dev.testudo.cli;
  exports dev.testudo.volume.freshness to
      dev.testudo.agent;
  exports dev.testudo.volume.store to
      dev.testudo.agent,
      dev.testudo.cli,
      dev.testudo.dist;
  exports dev.testudo.volume.file to
      dev.testudo.agent,
      dev.testudo.cli,
      dev.testudo.dist;
  exports dev.testudo.volume.fuse to
      dev.testudo.agent,
      dev.testudo.cli;
}
