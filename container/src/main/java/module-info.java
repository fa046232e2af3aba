/// The entry points of containers and of virtual machines.
@org.jspecify.annotations.NullMarked
module dev.testudo.container {
  requires static org.jspecify;
  requires dev.testudo.agent;
  requires dev.testudo.linux;
  requires dev.testudo.trust;
}
