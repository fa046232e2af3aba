package dev.testudo.policy.evidence;

/// A SEV-SNP guest, as its attestation report describes it.
///
/// @param measurement the measurement of what it was launched with, 48 bytes
/// @param hostData what the host gave it at launch, 32 bytes
/// @param owner what its owner signed
/// @param vmpl the privilege level of the software that asked for the report: 0 (most) to 3
/// @param policy what its owner allows the host
/// @param reportId the id of this instance, 32 bytes; new at each launch
public record SnpGuest(
    String measurement, String hostData, Owner owner, int vmpl, SnpPolicy policy, String reportId) {

  /// The ID block, which the owner of a guest signs. Zeros without one.
  ///
  /// @param idKeyDigest SHA-384 of the key that signed it
  /// @param authorKeyDigest SHA-384 of the key that signed the ID key
  /// @param familyId 16 bytes
  /// @param imageId 16 bytes
  /// @param guestSvn the owner's version of the guest
  public record Owner(
      String idKeyDigest, String authorKeyDigest, String familyId, String imageId, long guestSvn) {}
}
