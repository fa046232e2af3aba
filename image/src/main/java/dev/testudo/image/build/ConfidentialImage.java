package dev.testudo.image.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.software.CombinedMeasurement;
import dev.testudo.trust.measure.ContainerRoot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A confidential image that was made of another image.
///
/// @param manifest how registries name it
/// @param measurement what a policy names: that of image and agent combined
/// @param tree what was measured of the image
public record ConfidentialImage(
    Descriptor manifest, Measurement measurement, TreeMeasurement tree) {
  /// Everybody may read it.
  private static final int PLAIN = 0644;

  /// What is wanted.
  ///
  /// @param name the name of the service, which is measured
  /// @param reference what the image is called in the sink
  /// @param unmeasured paths whose content is not measured, besides the volumes of the base
  public record Order(String name, ManifestReference reference, List<Path> unmeasured) {
    /// Copies the list.
    public Order {
      unmeasured = List.copyOf(unmeasured);
    }
  }

  /// Makes a confidential image. Its files are those of the base and the agent. Of the base's
  /// configuration it keeps the user, the exposed ports and the signal that stops it. Everything
  /// else that decides what runs comes from the policy.
  ///
  /// @param base an image in `source`
  /// @param sink where the new image goes; its tag is set last
  /// @param cache keeps what is known of layers
  /// @throws ImageException if the base cannot become a confidential image
  /// @throws IOException if a store fails
  public static ConfidentialImage make(
      BlobSource source,
      ImageParts base,
      AgentLayer agent,
      BlobSink sink,
      Order order,
      LayerIndexCache cache)
      throws IOException {
    requireArchitecture(source, base, agent);
    var tree = ImageTree.of(LayerIndexing.of(source, base, cache));
    requireOriginal(source, tree);
    var measured = TreeMeasurement.of(order.name(), tree, unmeasured(base, order));
    var manifest = write(source, base, agent, sink, order, measured);
    var measurement = CombinedMeasurement.of(measured.measurement(), agent.machine());
    return new ConfidentialImage(manifest, measurement, measured);
  }

  private static void requireArchitecture(BlobSource source, ImageParts base, AgentLayer agent)
      throws ImageException {
    var architecture = base.config().platform().architecture();
    if (!architecture.equals(agent.architecture())) {
      throw new ImageException(
          ImageFault.UNSUPPORTED,
          "%s: the image is for %s, and the agent of this installation for %s; choose the image for %s"
              .formatted(source.place(), architecture, agent.architecture(), agent.architecture()));
    }
  }

  private static void requireOriginal(BlobSource source, ImageTree tree) throws ImageException {
    if (tree.findLink(ContainerRoot.AGENT).isPresent()) {
      throw new ImageException(
          ImageFault.UNSUPPORTED,
          "%s: the image has a `%s` already; take the original image instead of a confidential one"
              .formatted(source.place(), ContainerRoot.AGENT));
    }
  }

  /// Returns the paths that are not measured: those of the order and the volumes of the base.
  private static List<Path> unmeasured(ImageParts base, Order order) {
    var paths = new TreeSet<>(order.unmeasured());
    base.config().container().volumes().forEach(path -> paths.add(Path.of(path).normalize()));
    return List.copyOf(paths);
  }

  private static Descriptor write(
      BlobSource source,
      ImageParts base,
      AgentLayer agent,
      BlobSink sink,
      Order order,
      TreeMeasurement measured)
      throws IOException {
    var layers = new ArrayList<Descriptor>();
    var diffIds = new ArrayList<Digest>(base.config().diffIds());
    for (var layer : base.manifest().layers()) {
      var copied = ociLayer(source, layer);
      sink.put(copied, () -> source.open(layer));
      layers.add(copied);
    }
    agent.copyTo(sink);
    layers.add(agent.blob());
    diffIds.add(agent.diffId());
    var description =
        LayerWriter.write(List.of(description(measured)), sink, MediaType.OCI_LAYER_GZIP);
    layers.add(description.blob());
    diffIds.add(description.diffId());
    var config = config(base.config(), diffIds).write();
    var configured = Descriptor.of(MediaType.OCI_CONFIG, config);
    sink.put(configured, () -> new ByteArrayInputStream(config));
    var raw = new Manifest(MediaType.OCI_MANIFEST, configured, layers, Map.of(), Map.of()).write();
    sink.putManifest(order.reference(), raw);
    return raw.descriptor();
  }

  /// Returns the descriptor of a layer of the base in an OCI manifest. The bytes are the same.
  private static Descriptor ociLayer(BlobSource source, Descriptor layer) throws ImageException {
    var type =
        layer
            .type()
            .filter(known -> known.kind() == MediaType.Kind.LAYER && !known.foreign())
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageFault.UNSUPPORTED,
                        "%s: the layer %s cannot be part of another image: its media type is `%s`"
                            .formatted(source.place(), layer.digest(), layer.mediaType())));
    var oci =
        switch (type.compression()) {
          case NONE -> MediaType.OCI_LAYER;
          case GZIP -> MediaType.OCI_LAYER_GZIP;
          case ZSTD -> MediaType.OCI_LAYER_ZSTD;
        };
    return Descriptor.of(oci, layer.digest(), layer.size());
  }

  private static LayerFile description(TreeMeasurement measured) {
    var bytes = measured.description().write();
    return new LayerFile(
        ContainerRoot.AGENT + "/image.json",
        new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        FileAttributes.of(PLAIN));
  }

  private static ImageConfig config(ImageConfig base, List<Digest> diffIds) {
    var container = base.container();
    return new ImageConfig(
        base.platform(),
        new ContainerConfig(
            AgentLayer.ENTRYPOINT,
            List.of(),
            List.of("LC_ALL=C.UTF-8"), // names of files are UTF-8
            container.user(),
            "",
            container.exposedPorts(),
            Set.of(),
            Optional.empty(),
            Map.of(),
            container.stopSignal(),
            Map.of()),
        diffIds,
        List.of(),
        base.created(),
        Map.of());
  }
}
