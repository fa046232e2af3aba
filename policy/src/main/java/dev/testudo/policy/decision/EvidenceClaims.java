package dev.testudo.policy.decision;

import java.util.Optional;

/// What verified evidence says about a program.
///
/// @param isolation what vouches for it
/// @param measurement 64 hexadecimal digits, lower case
/// @param signer who signed the code, where the evidence says so
/// @param platform the id of the platform as `platforms` lists it, where the evidence names one
public record EvidenceClaims(
    Isolation isolation, String measurement, Optional<Signer> signer, Optional<String> platform) {

  /// Claims of evidence that names neither signer nor platform.
  public static EvidenceClaims unsigned(Isolation isolation, String measurement) {
    return new EvidenceClaims(isolation, measurement, Optional.empty(), Optional.empty());
  }

  /// The signer of the code and the product's version.
  public record Signer(String mrsigner, int product, int version) {}
}
