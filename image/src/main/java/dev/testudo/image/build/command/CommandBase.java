package dev.testudo.image.build.command;

import dev.testudo.image.layer.WrittenLayer;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Platform;
import java.util.ArrayList;
import java.util.List;

/// The files that the commands of a build begin with: the layers of an image, and perhaps further
/// ones that are not part of an image yet.
///
/// @param layers the layers, the lowest first
/// @param config the configuration of the image; commands get its environment
/// @param platform what the image runs on
public record CommandBase(List<Layer> layers, ContainerConfig config, Platform platform) {
  /// Copies the list.
  public CommandBase {
    layers = List.copyOf(layers);
  }

  /// A layer and where it is.
  ///
  /// @param source where its blob is
  /// @param blob the layer as it is stored
  /// @param diffId the digest of the uncompressed layer
  public record Layer(BlobSource source, Descriptor blob, Digest diffId) {}

  /// Returns the files of an image.
  public static CommandBase of(BlobSource source, ImageParts image) {
    var layers = new ArrayList<Layer>();
    for (var number = 0; number < image.manifest().layers().size(); number++) {
      layers.add(
          new Layer(
              source, image.manifest().layers().get(number), image.config().diffIds().get(number)));
    }
    return new CommandBase(layers, image.config().container(), image.config().platform());
  }

  /// Returns these files with another layer above them.
  public CommandBase with(BlobSource source, WrittenLayer layer) {
    var more = new ArrayList<>(layers);
    more.add(new Layer(source, layer.blob(), layer.diffId()));
    return new CommandBase(more, config, platform);
  }
}
