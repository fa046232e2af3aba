package dev.testudo.policy.shield;

/// A TLS version, as `_TLS_MIN` names it. Shields speak 1.3 with each other; 1.2 is for foreign
/// peers that support nothing newer (an extension to SCONE).
public enum TlsVersion {
  TLS1_2("1.2"),
  TLS1_3("1.3");

  private final String text;

  TlsVersion(String text) {
    this.text = text;
  }

  /// Returns the text form, such as `1.3`.
  @Override
  public String toString() {
    return text;
  }
}
