package dev.testudo.trust.attest.evidence;

/// A check of verification, with the document that demands it.
public enum Check {
  REPORT_DATA("report data equals SHA-512(key ‖ nonce)", "docs/formats/attested-channel.md"),
  EVENT_LOG("the event log gives the RTMRs of the quote", "docs/formats/event-log.md");

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
