package dev.testudo.trust.collateral.service;

import dev.testudo.trust.http.Proxies;
import java.net.URI;
import java.util.Optional;

/// Which services are asked, and how.
///
/// @param pcs Intel's service, or a cache of it
/// @param kds the address of AMD's service, without a path
/// @param proxies the proxies of the user
/// @param limits the limits of every request
public record ServiceSettings(Pcs pcs, URI kds, Proxies proxies, ServiceLimits limits) {
  /// The address of AMD's service.
  public static final URI AMD = URI.create("https://kdsintf.amd.com");

  /// Intel's service, or a cache of it.
  ///
  /// @param base the address, without a path
  /// @param rootCrl where the list of Intel's root is; absent for a cache, which has it itself
  /// @param insecureTls true to accept any TLS certificate, such as the self-made one of a cache
  public record Pcs(URI base, Optional<URI> rootCrl, TcbUpdate update, boolean insecureTls) {
    /// The address of Intel's service.
    public static final URI INTEL = URI.create("https://api.trustedservices.intel.com");

    private static final URI INTEL_ROOT_CRL =
        URI.create("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");

    /// Returns the service at an address: Intel's own, or a cache.
    public static Pcs at(URI base, TcbUpdate update, boolean insecureTls) {
      var rootCrl = base.equals(INTEL) ? Optional.of(INTEL_ROOT_CRL) : Optional.<URI>empty();
      return new Pcs(base, rootCrl, update, insecureTls);
    }
  }

  /// Returns the services of the manufacturers.
  public static ServiceSettings usual(Proxies proxies) {
    return new ServiceSettings(
        Pcs.at(Pcs.INTEL, new TcbUpdate.Standard(), false), AMD, proxies, ServiceLimits.USUAL);
  }
}
