/// All native calls. Takes and returns integers, bytes, descriptors and records; knows nothing
/// of policies.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the modules that it exports to are compiled later
module dev.testudo.linux {
  requires static org.jspecify;
  requires jdk.unsupported; // sun.misc.Signal

  exports dev.testudo.linux.sys to
      dev.testudo.shield,
      dev.testudo.agent,
      dev.testudo.container,
      dev.testudo.volume;
  exports dev.testudo.linux.fuse to
      dev.testudo.agent,
      dev.testudo.volume;
  exports dev.testudo.linux.sev to
      dev.testudo.agent;
  exports dev.testudo.linux.machine to
      dev.testudo.container;
  exports dev.testudo.linux.seccomp to
      dev.testudo.shield;
  exports dev.testudo.linux.process to
      dev.testudo.shield,
      dev.testudo.agent,
      dev.testudo.dist;
  exports dev.testudo.linux.mount to
      dev.testudo.shield,
      dev.testudo.agent,
      dev.testudo.container,
      dev.testudo.volume;
}
