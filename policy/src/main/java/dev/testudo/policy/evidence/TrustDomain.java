package dev.testudo.policy.evidence;

import java.util.List;

/// A TDX trust domain, as its report describes it (TDREPORT).
///
/// @param mrtd the measurement of what it was created with, 48 bytes
/// @param rtmr the four registers that are extended at run time, 48 bytes each
/// @param owner what its owner gave it at creation
/// @param module the TDX module that created it
/// @param attributes TDATTRIBUTES
/// @param xfam the processor features that it may use, 8 bytes
public record TrustDomain(
    String mrtd,
    List<String> rtmr,
    Owner owner,
    Module module,
    TdAttributes attributes,
    String xfam) {
  /// Copies the registers.
  public TrustDomain {
    rtmr = List.copyOf(rtmr);
  }

  /// What the owner of a domain gave it, 48 bytes each.
  public record Owner(String mrconfigid, String mrowner, String mrownerconfig) {}

  /// The TDX module.
  ///
  /// @param mrseam its measurement, 48 bytes
  /// @param mrsignerseam the hash of its signer; zeros stand for Intel
  /// @param teeTcbSvn its security version and that of its parts, 16 bytes
  /// @param mrservicetd the measurement of the service domains that are bound to this one; zeros
  ///     without any, and in quotes that do not say
  public record Module(String mrseam, String mrsignerseam, String teeTcbSvn, String mrservicetd) {
    /// Returns whether service domains are bound, which can read and change the domain.
    public boolean hasServiceDomain() {
      return mrservicetd.chars().anyMatch(digit -> digit != '0');
    }
  }
}
