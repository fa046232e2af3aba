/// Enclaves of Gramine: the manifest of a service, and what SGX measures of it.
@org.jspecify.annotations.NullMarked
module dev.testudo.gramine {
  requires static org.jspecify;
  requires transitive dev.testudo.policy;
  requires transitive dev.testudo.trust;

  exports dev.testudo.gramine;
  exports dev.testudo.gramine.elf;
  exports dev.testudo.gramine.manifest;
  exports dev.testudo.gramine.measure;
  exports dev.testudo.gramine.service;
  exports dev.testudo.gramine.sigstruct;
}
