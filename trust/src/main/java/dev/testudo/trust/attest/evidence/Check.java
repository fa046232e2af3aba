package dev.testudo.trust.attest.evidence;

/// A check of verification, with the document that demands it.
public enum Check {
  REPORT_DATA(
      "report data equals SHA-512(key ‖ nonce), behind a paravisor SHA-256(runtime data) ‖ zeros",
      "docs/formats/attested-channel.md"),
  EVENT_LOG("the event log gives the RTMRs of the quote", "docs/formats/event-log.md"),

  QUOTE_FORMAT("the quote follows its format", "Intel TDX DCAP Quoting Library API, appendix A"),
  PCK_CHAIN(
      "the PCK chain leads to a pinned root",
      "Intel SGX PCK Certificate and CRL Profile Specification; RFC 5280, section 6"),
  QE_REPORT(
      "the quoting enclave generated the attestation key",
      "Intel TDX DCAP Quoting Library API, appendix A; QVL, QuoteVerifier.cpp"),
  QUOTE_SIGNATURE("the quote is signed by the attestation key", "FIPS 186-5, section 6.4.2"),
  COLLATERAL("TCB info and QE identity are Intel's", "Intel PCS API v4; QVL, TcbInfoVerifier.cpp"),
  DATES("everything is valid at this instant", "RFC 5280, section 6.1.3; QVL, Verify.cpp"),
  REVOCATION("no certificate is revoked", "RFC 5280, section 6.3"),
  QE_IDENTITY("the quoting enclave is Intel's", "QVL, EnclaveReportVerifier.cpp"),
  TCB_LEVEL("each part reaches a TCB level", "QVL, EvaluateTcb.cpp and TdxModuleCheck.cpp"),
  TCB_STATUS("the status of all parts together", "QVL, EvaluateTcb.cpp and TDRelaunchCheck.cpp"),

  SNP_FORMAT(
      "the report has a known version, and zeros where the format says so",
      "AMD 56860, table ATTESTATION_REPORT"),
  AMD_ROOT("the root is pinned by the hash of its certificate", "docs/attestation.md"),
  AMD_CHAIN(
      "each certificate is signed by the next, up to the root, with AMD's names and RSASSA-PSS",
      "AMD 57230, section 1.3; AMD 58369"),
  SNP_SIGNATURE("the report is signed by the certified key", "AMD 56860, section Signature"),
  AMD_DATES("each certificate is valid at the instant of verification", "RFC 5280, section 6.1.3"),
  AMD_REVOCATION("AMD has not revoked a certificate of the chain", "AMD 57230, section 4.3"),
  SNP_GENERATION(
      "the processor is of the generation of its certificates", "AMD 56860, field CPUID_FAM_ID"),
  SNP_CERTIFIED_TCB(
      "the reported TCB version equals the certified one", "AMD 57230, section 3.1, table 8"),
  SNP_CHIP("the chip is the certified one", "AMD 57230, section 3.1; AMD 56860, field CHIP_ID"),

  HCL_FORMAT(
      "the paravisor's report has the form that is known",
      "Microsoft, Azure confidential VMs, guest attestation design"),
  TPM_FORMAT("the TPM's quote has the form of TPMS_ATTEST", "TPM 2.0, part 2, section 10.12.12"),
  TPM_SIGNATURE(
      "the TPM's quote is signed by the key that the runtime data names (RSASSA, SHA-256)",
      "TPM 2.0, part 1, appendix B.5"),
  TPM_PCRS("the hash over the registers equals pcrDigest", "TPM 2.0, part 2, section 10.12.3"),
  TPM_KEY(
      "the attestation key signs only what its TPM made, and cannot leave it",
      "TPM 2.0, part 2, section 8.3.3"),
  TPM_KEY_SIGNATURE(
      "the TPM's quote is signed by the attestation key (ECDSA, SHA-256)",
      "TPM 2.0, part 1, appendix C.5"),
  TPM_CREDENTIAL(
      "the attestation key is in the TPM of the endorsement key", "TPM 2.0, part 1, section 24"),
  TPM_ENDORSEMENT(
      "the endorsement certificate is signed by a pinned one", "TCG EK Credential Profile 2.5"),
  TPM_EVENT_LOG("the event log gives registers 4, 9 and 11", "docs/formats/event-log.md"),
  TPM_NONCE("extraData equals SHA-256(report data)", "docs/formats/attested-channel.md");

  private final String text;
  private final String source;

  Check(String text, String source) {
    this.text = text;
    this.source = source;
  }

  /// Returns what is checked, in a few words.
  public String text() {
    return text;
  }

  /// Returns the document that demands it.
  public String source() {
    return source;
  }
}
