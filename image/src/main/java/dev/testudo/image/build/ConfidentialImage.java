package dev.testudo.image.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.KeptContents;
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
import dev.testudo.image.sbom.ImageSbom;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.transfer.BlobTransfer;
import dev.testudo.image.transfer.TransferListener;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.software.CombinedMeasurement;
import dev.testudo.trust.measure.ContainerRoot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  /// The files of a base.
  ///
  /// @param contents what was kept of them when they were read
  public record BaseFiles(ImageTree tree, KeptContents contents) {}

  /// An image that can be made: everything about it is known, and nothing is written yet.
  ///
  /// @param files the files of the base
  /// @param added folders that the base lacks
  /// @param tree what is measured of the image
  public record Prepared(
      BlobSource source,
      ImageParts base,
      AgentLayer agent,
      BaseFiles files,
      MountFolders added,
      TreeMeasurement tree) {
    /// Returns the same image for containers of another user.
    public Prepared runningAs(ImageUser user) {
      var container = base.config().container().withUser(user.toString());
      var other = new ImageParts(base.descriptor(), base.manifest(), base.config().with(container));
      return new Prepared(source, other, agent, files, added, tree);
    }

    /// Returns the user of its containers, as the configuration spells it; empty for root.
    public String user() {
      return base.config().container().user();
    }

    /// Returns whether containers of the image start as root.
    public boolean startsAsRoot() {
      return ImageUser.isRoot(user());
    }

    /// Returns the users and groups that the image names. Their files are read again.
    ///
    /// @throws IOException if the source fails
    public ImageAccounts accounts() throws IOException {
      return ImageAccounts.read(source, base.manifest().layers(), files.tree());
    }

    /// Returns the user to whom the data of the image belongs, if there is exactly one.
    public Optional<DataOwner> dataOwner() {
      return DataOwner.of(base.config().container(), files.tree());
    }

    /// Returns what a policy names: the measurement of image and agent combined.
    public Measurement measurement() {
      return CombinedMeasurement.of(tree.measurement(), agent.machine());
    }

    /// Returns the bill of the image: that of its base, because the agent has no packages. The
    /// layers of the base that describe packages are read again, unless what they say
    /// was kept.
    ///
    /// @param made the image, written
    /// @throws IOException if the source fails
    public byte[] sbom(ConfidentialImage made) throws IOException {
      return ImageSbom.of(
          source,
          made.manifest().digest(),
          base.manifest().layers(),
          files.tree(),
          files.contents());
    }

    /// Writes the image. Its layers are stored several at a time.
    ///
    /// @param sink where it goes; its name is set last
    /// @param reference what it is called there
    /// @param listener is told how far the layers are stored
    /// @throws ImageException if a layer cannot be part of another image
    /// @throws IOException if a store fails
    public ConfidentialImage write(
        BlobSink sink, ManifestReference reference, TransferListener listener) throws IOException {
      var layers = new ArrayList<>(sendLayers(sink, listener));
      var diffIds = new ArrayList<>(base.config().diffIds());
      diffIds.add(agent.diffId());
      var described = LayerWriter.write(ownFiles(), sink, MediaType.OCI_LAYER_GZIP);
      layers.add(described.blob());
      diffIds.add(described.diffId());
      var config = config(base.config(), diffIds).write();
      var configured = Descriptor.of(MediaType.OCI_CONFIG, config);
      sink.put(configured, () -> new ByteArrayInputStream(config));
      var raw =
          new Manifest(MediaType.OCI_MANIFEST, configured, layers, Map.of(), Map.of()).write();
      sink.putManifest(reference, raw);
      return new ConfidentialImage(raw.descriptor(), measurement(), tree);
    }

    /// Returns the files of the layer that belongs to this image alone.
    private List<LayerFile> ownFiles() {
      var files = new ArrayList<>(added.files());
      files.add(description(tree));
      return files;
    }

    /// Stores the layers of the base and the agent, and returns them in their order.
    private List<Descriptor> sendLayers(BlobSink sink, TransferListener listener)
        throws IOException {
      var layers = new ArrayList<Descriptor>();
      var transfer = new BlobTransfer();
      for (var layer : base.manifest().layers()) {
        var copied = ociLayer(source, layer);
        transfer.add(copied, () -> source.open(layer));
        layers.add(copied);
      }
      transfer.add(agent.blob(), agent::open);
      layers.add(agent.blob());
      transfer.send(sink, listener);
      return layers;
    }
  }

  /// Reads and measures an image that is to become a confidential one. Its files are those of the
  /// base and the agent, and the folders above mounts that the base lacks. Of the base's
  /// configuration it keeps the user, the exposed ports and the signal that stops it. Everything
  /// else that decides what runs comes from the policy.
  ///
  /// @param base an image in `source`
  /// @param name the name of the service, which is measured
  /// @param unmeasured paths whose content is not measured, besides the volumes of the base
  /// @param cache keeps what is known of layers
  /// @param listener is told how far the layers of the base have been read
  /// @throws ImageException if the base cannot become a confidential image
  /// @throws IOException if the source fails
  public static Prepared prepare(
      BlobSource source,
      ImageParts base,
      AgentLayer agent,
      String name,
      List<Path> unmeasured,
      LayerIndexCache cache,
      TransferListener listener)
      throws IOException {
    requireArchitecture(source, base, agent);
    for (var layer : base.manifest().layers()) {
      ociLayer(source, layer);
    }
    var layers = LayerIndexing.of(source, base, cache, listener);
    var tree = ImageTree.of(layers);
    requireOriginal(source, tree);
    var paths = unmeasured(base, unmeasured);
    var added = MountFolders.missingIn(tree, TreeMeasurement.unmeasured(name, paths));
    var whole = ImageTree.of(layers, added.entries());
    var files = new BaseFiles(tree, cache.contents());
    return new Prepared(source, base, agent, files, added, TreeMeasurement.of(name, whole, paths));
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

  /// Returns the paths that are not measured: the given ones and the volumes of the base.
  private static List<Path> unmeasured(ImageParts base, List<Path> given) throws ImageException {
    var paths = new TreeSet<>(given);
    for (var volume : base.config().container().volumes()) {
      paths.add(volume(volume));
    }
    return List.copyOf(paths);
  }

  private static Path volume(String text) throws ImageException {
    var legal =
        text.startsWith("/")
            && text.indexOf('\0') < 0
            && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    if (!legal) {
      throw new ImageException(
          ImageFault.MALFORMED, "the image declares a volume that is not an absolute path");
    }
    return Path.of(text).normalize();
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

  /// Returns the configuration of a confidential image.
  static ImageConfig config(ImageConfig base, List<Digest> diffIds) {
    var container = base.container();
    return new ImageConfig(
        base.platform(),
        new ContainerConfig(
            AgentLayer.START_OF_CONTAINER,
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
