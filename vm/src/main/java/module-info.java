/// Confidential VM images: what they consist of, and what hardware and TPM measure of them.
@org.jspecify.annotations.NullMarked
module dev.testudo.vm {
  requires static org.jspecify;
  requires transitive dev.testudo.policy;
  requires transitive dev.testudo.trust;

  exports dev.testudo.vm;
  exports dev.testudo.vm.cpio;
  exports dev.testudo.vm.firmware;
  exports dev.testudo.vm.initdata;
  exports dev.testudo.vm.kernel;
  exports dev.testudo.vm.measure;
  exports dev.testudo.vm.measure.snp;
  exports dev.testudo.vm.measure.tdx;
  exports dev.testudo.vm.measure.tpm;
  exports dev.testudo.vm.pe;
}
