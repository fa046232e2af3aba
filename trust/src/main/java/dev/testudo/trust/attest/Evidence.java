package dev.testudo.trust.attest;

/// What a program shows about itself. Each kind is one case; a new one breaks every place that has
/// to know about it.
public sealed interface Evidence {
  /// The word for this kind in messages, policies and displays.
  String kind();

  /// The key and moment it is bound to.
  ReportData reportData();

  /// A measurement taken by the agent itself. No hardware stands behind it: whoever controls the
  /// machine can claim anything, so it is accepted only where a policy tolerates it.
  record Software(Measurement measurement, ReportData reportData) implements Evidence {
    @Override
    public String kind() {
      return "software";
    }
  }
}
