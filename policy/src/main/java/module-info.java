/// The language: text, located tree, typed manifest, mesh, session and shield rules. No I/O.
@org.jspecify.annotations.NullMarked
module dev.testudo.policy {
  requires static org.jspecify;
  requires org.snakeyaml.engine;

  exports dev.testudo.policy.source;
  exports dev.testudo.policy.yaml;
  exports dev.testudo.policy.substitution;
  exports dev.testudo.policy.session;
  exports dev.testudo.policy.session.read;
  exports dev.testudo.policy.manifest;
  exports dev.testudo.policy.shield;
  exports dev.testudo.policy.address;
  exports dev.testudo.policy.decision;
  exports dev.testudo.policy.deployment;
}
