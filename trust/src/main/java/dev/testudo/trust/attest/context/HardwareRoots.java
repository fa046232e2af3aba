package dev.testudo.trust.attest.context;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The roots of manufacturers that evidence may rest on.
///
/// @param intel keys of Intel's root; the certificate does not count, because two exist for one key
/// @param amd certificates of AMD's roots, one per generation
public record HardwareRoots(List<IntelRoot> intel, List<AmdRoot> amd) {
  /// No roots, which suffices for software evidence.
  public static final HardwareRoots NONE = new HardwareRoots(List.of(), List.of());

  /// The key of `Intel SGX Root CA`, which two certificates have, to 2033 and to 2049.
  private static final Octets INTEL_SGX_ROOT_CA =
      Octets.ofHex(
          "0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5"
              + "67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394");

  /// Copies the lists.
  public HardwareRoots {
    intel = List.copyOf(intel);
    amd = List.copyOf(amd);
  }

  /// Returns the roots of the manufacturers.
  public static HardwareRoots vendor() {
    return new HardwareRoots(List.of(new IntelRoot(INTEL_SGX_ROOT_CA, Root.VENDOR)), List.of());
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
        Stream.concat(amd.stream(), more.amd.stream()).toList());
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
