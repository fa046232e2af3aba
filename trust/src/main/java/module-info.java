/// Secrets, keys, certificates, evidence, and the attested channel to CAS.
@org.jspecify.annotations.NullMarked
module dev.testudo.trust {
  requires static org.jspecify;
  requires transitive dev.testudo.policy;
  requires com.fasterxml.jackson.core;
  requires java.net.http;
  requires org.bouncycastle.pg;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  exports dev.testudo.trust.approval;
  exports dev.testudo.trust.attest;
  exports dev.testudo.trust.attest.amd;
  exports dev.testudo.trust.attest.azure;
  exports dev.testudo.trust.attest.collateral;
  exports dev.testudo.trust.attest.context;
  exports dev.testudo.trust.attest.eventlog;
  exports dev.testudo.trust.attest.evidence;
  exports dev.testudo.trust.attest.intel;
  exports dev.testudo.trust.attest.file;
  exports dev.testudo.trust.attest.software;
  exports dev.testudo.trust.attest.tpm;
  exports dev.testudo.trust.audit;
  exports dev.testudo.trust.channel;
  exports dev.testudo.trust.collateral;
  exports dev.testudo.trust.collateral.input;
  exports dev.testudo.trust.collateral.service;
  exports dev.testudo.trust.files;
  exports dev.testudo.trust.http;
  exports dev.testudo.trust.json;
  exports dev.testudo.trust.jsse;
  exports dev.testudo.trust.material;
  exports dev.testudo.trust.measure;
  exports dev.testudo.trust.pki;
  exports dev.testudo.trust.status;
  exports dev.testudo.trust.secret;
}
