package dev.testudo.cli.chart;

import dev.testudo.image.oci.Digest;
import dev.testudo.policy.deployment.MeshPlan;
import java.util.Map;
import java.util.Optional;

/// What a chart is made from.
///
/// @param images the image of each service, by its name in the mesh
/// @param values values that differ from the usual ones, by the name of the service in the mesh
/// @param cas the CAS of the services; empty if it is not known yet
/// @param guests what guests of Kata Containers get, if services run in such
public record ChartOrder(
    MeshPlan plan,
    Map<String, PulledImage> images,
    Map<String, Map<String, Object>> values,
    Optional<CasIdentity> cas,
    Optional<GuestOrder> guests) {
  public ChartOrder {
    images = Map.copyOf(images);
    values = Map.copyOf(values);
  }

  /// An image as a cluster pulls it: by its digest, because whoever controls the registry can move
  /// a tag. Attestation does not depend on it.
  public record PulledImage(String repository, Digest digest) {}

  /// The CAS of the services.
  ///
  /// @param address `HOST:PORT`, as pods reach it
  /// @param key the hash of its key
  public record CasIdentity(String address, String key) {
    /// Returns true for an address of this machine itself, which pods do not reach.
    public boolean isLoopback() {
      return address.matches("(localhost|127\\.[0-9.]+|\\[::1\\]):[0-9]+");
    }
  }
}
