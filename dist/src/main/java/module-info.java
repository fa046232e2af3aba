/// The one executable.
@org.jspecify.annotations.NullMarked
module dev.testudo.dist {
  requires static org.jspecify;
  requires dev.testudo.agent;
  requires dev.testudo.cas;
  requires dev.testudo.cli;
  requires dev.testudo.container;
  requires dev.testudo.image;
  requires dev.testudo.linux;
  requires dev.testudo.trust;
  requires dev.testudo.volume;
}
