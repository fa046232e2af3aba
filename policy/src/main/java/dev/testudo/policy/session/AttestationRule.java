package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// What evidence must show for a service. All parts of a rule must hold. A rule
/// has at least one, unless a placeholder stands for the whole rule.
///
/// @param measurements 64 lower-case hexadecimal digits each; one of them must match; empty accepts
///     any measurement
/// @param joinToken true if the service must also present one of its join tokens, which CAS makes
/// @param span where the rule is written
public record AttestationRule(
    List<Text> measurements, Optional<SignerRule> signer, boolean joinToken, Span span) {
  public AttestationRule {
    measurements = List.copyOf(measurements);
  }

  /// Returns true for a rule that is not known yet: a placeholder stands for it. It accepts
  /// nothing.
  public boolean isOpen() {
    return measurements.isEmpty() && signer.isEmpty();
  }

  /// Who signed the code, and in which versions.
  ///
  /// @param signer MRSIGNER, 64 lower-case hexadecimal digits
  /// @param product ISVPRODID
  /// @param minimumVersion the least ISVSVN, inclusive
  /// @param maximumVersion the greatest ISVSVN, inclusive
  public record SignerRule(
      Text signer,
      Optional<Integer> product,
      Optional<Integer> minimumVersion,
      Optional<Integer> maximumVersion) {}
}
