package dev.testudo.policy.evidence;

import java.util.Optional;

/// An AMD platform that signed a report.
///
/// @param product the generation, such as `Milan`, as its certificate chain names it
/// @param signer which key signed
/// @param chipId the id of the processor, 64 bytes; absent if the host masks it
/// @param tcb the versions of its firmware
/// @param info how it is configured
public record SnpPlatform(
    String product,
    Signer signer,
    Optional<String> chipId,
    Versions tcb,
    SnpPlatformInfo info,
    Endorsement endorsement) {

  /// The key that signed a report.
  public sealed interface Signer {
    /// A key of the chip and its firmware's version.
    record Vcek() implements Signer {
      @Override
      public String toString() {
        return "VCEK";
      }
    }

    /// A key that AMD has given to a cloud provider.
    ///
    /// @param provider the provider's id, as the certificate has it
    record Vlek(String provider) implements Signer {
      @Override
      public String toString() {
        return "VLEK";
      }
    }
  }

  /// The firmware of a platform.
  ///
  /// @param committed below which the host cannot go
  /// @param launch current when the guest was launched or imported
  /// @param reported what the signing key is derived from; the host chooses it
  /// @param current what runs now
  public record Versions(SnpTcb committed, SnpTcb launch, SnpTcb reported, SnpTcb current) {
    /// Returns whether the host can go back behind what runs now.
    public boolean provisional() {
      return !committed.equals(current);
    }
  }
}
