package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.registry.RegistryClient;
import dev.testudo.image.registry.RegistrySettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An image, read and verified.
///
/// @param location where it is
/// @param parts manifest and configuration
/// @param layers what each layer contains, the lowest first
/// @param tree the files of all layers together
public record OpenedImage(
    ImageLocation location, ImageParts parts, List<LayerIndex> layers, ImageTree tree) {
  /// Copies the list.
  public OpenedImage {
    layers = List.copyOf(layers);
  }

  /// Reads an image from wherever it is.
  ///
  /// @param text the location, see [ImageLocation#read]
  /// @param environment the variables of the process, which say where credentials and caches are
  /// @throws CommandFailed if the location is malformed
  /// @throws IOException if the image cannot be read, or is not what its digests say
  public static OpenedImage open(String text, Platform platform, Map<String, String> environment)
      throws IOException, CommandFailed {
    var location = ImagePlaces.location(text);
    try (var client = new RegistryClient(RegistrySettings.of(environment, Set.of()));
        var opened = new ImagePlaces(client).open(location)) {
      var parts = opened.image(platform);
      var layers = LayerIndexing.of(opened.source(), parts, ImagePlaces.cache(environment));
      return new OpenedImage(location, parts, layers, ImageTree.of(layers));
    }
  }
}
