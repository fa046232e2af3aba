/// The commands that people run.
@org.jspecify.annotations.NullMarked
module dev.testudo.cli {
  requires static org.jspecify;
  requires dev.testudo.image;
  requires dev.testudo.policy;
  requires dev.testudo.trust;
  requires dev.testudo.gramine;
  requires dev.testudo.vm;
  requires dev.testudo.volume;
  requires info.picocli;
  requires org.tukaani.xz;

  exports dev.testudo.cli;

  // The argument parser creates and fills the command classes by reflection.
  opens dev.testudo.cli to
      info.picocli;
}
