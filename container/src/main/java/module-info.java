/// The entry point of containers.
@org.jspecify.annotations.NullMarked
module dev.testudo.container {
  requires static org.jspecify;
  requires dev.testudo.agent;
}
