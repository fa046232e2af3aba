package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// What evidence must show for a service. All parts must hold; a rule has at least one part.
///
/// @param measurements 64 hexadecimal digits each, lower case; one of them is enough; empty: any
/// @param joinToken whether the service must present one of its join tokens, which CAS makes, too
/// @param span where the rule is written
public record AttestationRule(
    List<Text> measurements, Optional<SignerRule> signer, boolean joinToken, Span span) {
  public AttestationRule {
    measurements = List.copyOf(measurements);
  }

  /// Who signed the code, and which version of it.
  ///
  /// @param signer MRSIGNER, 64 hexadecimal digits, lower case
  /// @param product ISVPRODID
  /// @param minimumVersion least ISVSVN, itself included
  /// @param maximumVersion greatest ISVSVN, itself included
  public record SignerRule(
      Text signer,
      Optional<Integer> product,
      Optional<Integer> minimumVersion,
      Optional<Integer> maximumVersion) {}
}
