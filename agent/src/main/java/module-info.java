/// The agent in front of a program: attests, fetches, injects, shields, starts and watches.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the module it exports to is compiled after it
module dev.testudo.agent {
  requires static org.jspecify;
  requires dev.testudo.linux;
  requires dev.testudo.policy;
  requires dev.testudo.shield;
  requires dev.testudo.trust;
  requires dev.testudo.vm;
  requires dev.testudo.volume;
  requires java.net.http;

  exports dev.testudo.agent.attest to
      dev.testudo.dist;
  exports dev.testudo.agent.mesh to
      dev.testudo.container,
      dev.testudo.dist;
  exports dev.testudo.agent.mounter to
      dev.testudo.dist;
  exports dev.testudo.agent.report to
      dev.testudo.container,
      dev.testudo.dist;
  exports dev.testudo.agent.single to
      dev.testudo.dist;
}
