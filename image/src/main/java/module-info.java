/// OCI images: their model, their layers, and the places that store them.
@org.jspecify.annotations.NullMarked
module dev.testudo.image {
  requires static org.jspecify;
  requires transitive dev.testudo.policy;
  requires transitive dev.testudo.trust;
  requires transitive java.net.http;

  exports dev.testudo.image.build;
  exports dev.testudo.image.build.command;
  exports dev.testudo.image.compression;
  exports dev.testudo.image.layer;
  exports dev.testudo.image.layout;
  exports dev.testudo.image.oci;
  exports dev.testudo.image.registry;
  exports dev.testudo.image.registry.credential;
  exports dev.testudo.image.registry.http;
  exports dev.testudo.image.sbom;
  exports dev.testudo.image.signature;
  exports dev.testudo.image.tar;
  exports dev.testudo.image.transfer;
  exports dev.testudo.image.zstd;
}
