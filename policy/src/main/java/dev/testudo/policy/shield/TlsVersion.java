package dev.testudo.policy.shield;

/// A version of TLS, as `_TLS_MIN` names it. The shield speaks 1.3 with its like; 1.2 is for
/// foreign peers that know nothing newer (an extension to SCONE).
public enum TlsVersion {
  TLS1_2("1.2"),
  TLS1_3("1.3");

  private final String text;

  TlsVersion(String text) {
    this.text = text;
  }

  /// How it is written: `1.3`.
  @Override
  public String toString() {
    return text;
  }
}
