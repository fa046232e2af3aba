/// The policy language: source text, located YAML tree, typed manifests, meshes, sessions and
/// shield rules. Pure: no I/O, no clock, no threads.
@org.jspecify.annotations.NullMarked
module dev.testudo.policy {
  requires static org.jspecify;
  requires org.snakeyaml.engine;

  exports dev.testudo.policy.source;
  exports dev.testudo.policy.schema;
  exports dev.testudo.policy.yaml;
  exports dev.testudo.policy.substitution;
  exports dev.testudo.policy.session;
  exports dev.testudo.policy.session.lint;
  exports dev.testudo.policy.session.read;
  exports dev.testudo.policy.manifest;
  exports dev.testudo.policy.shield;
  exports dev.testudo.policy.address;
  exports dev.testudo.policy.decision;
  exports dev.testudo.policy.evidence;
  exports dev.testudo.policy.deployment;
}
