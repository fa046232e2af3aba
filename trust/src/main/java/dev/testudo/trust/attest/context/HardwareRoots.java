package dev.testudo.trust.attest.context;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.evidence.Octets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The roots of manufacturers that evidence may rest on.
///
/// @param intel keys of Intel's root; the certificate does not count, because two exist for one key
/// @param amd certificates of AMD's roots, one per generation
/// @param tpm certificates that sign endorsement certificates of TPMs. None is known here: the
///     operator of a CAS names them
public record HardwareRoots(List<IntelRoot> intel, List<AmdRoot> amd, List<X509Certificate> tpm) {
  /// No roots, which suffices for software evidence.
  public static final HardwareRoots NONE = new HardwareRoots(List.of(), List.of());

  /// Copies the lists.
  public HardwareRoots {
    intel = List.copyOf(intel);
    amd = List.copyOf(amd);
    tpm = List.copyOf(tpm);
  }

  /// Roots of processors only.
  public HardwareRoots(List<IntelRoot> intel, List<AmdRoot> amd) {
    this(intel, amd, List.of());
  }

  /// Returns the roots of the manufacturers.
  public static HardwareRoots vendor() {
    return VendorRoots.ALL;
  }

  /// A key of a root.
  ///
  /// @param point x ‖ y on P-256, 64 bytes
  public record IntelRoot(Octets point, Root kind) {}

  /// A certificate of a root (ARK).
  ///
  /// @param product the generation, such as `Milan`
  /// @param sha256 the hash of the certificate in DER
  public record AmdRoot(String product, Octets sha256, Root kind) {}

  /// Returns these roots and others.
  public HardwareRoots and(HardwareRoots more) {
    return new HardwareRoots(
        Stream.concat(intel.stream(), more.intel.stream()).toList(),
        Stream.concat(amd.stream(), more.amd.stream()).toList(),
        Stream.concat(tpm.stream(), more.tpm.stream()).toList());
  }

  /// Returns the kind of Intel's root with a key, if it is pinned.
  public Optional<Root> intel(Octets point) {
    return intel.stream().filter(r -> r.point().equals(point)).map(IntelRoot::kind).findFirst();
  }

  /// Returns AMD's root with a certificate, if it is pinned.
  public Optional<AmdRoot> amd(Octets sha256) {
    return amd.stream().filter(root -> root.sha256().equals(sha256)).findFirst();
  }
}
