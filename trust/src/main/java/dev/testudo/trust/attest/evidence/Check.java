package dev.testudo.trust.attest.evidence;

/// A check of verification, with the document that demands it.
public enum Check {
  REPORT_DATA("report data equals SHA-512(key ‖ nonce)", "docs/formats/attested-channel.md"),
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
  TCB_STATUS("the status of all parts together", "QVL, EvaluateTcb.cpp and TDRelaunchCheck.cpp");

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
