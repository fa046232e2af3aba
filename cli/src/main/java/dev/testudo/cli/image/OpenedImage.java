package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.LocalSource;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.registry.RegistryClient;
import dev.testudo.image.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
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
    var location =
        switch (ImageLocation.read(text, Path.of("").toAbsolutePath())) {
          case ImageLocation.Reading.Read(var read) -> read;
          case ImageLocation.Reading.Mistake(var at, var message) ->
              throw CommandFailed.usage(
                  "image `%s`, character %d: %s".formatted(text, at + 1, message));
        };
    return switch (location) {
      case ImageLocation.Local local -> {
        try (var source = LocalSource.open(local)) {
          yield read(location, source, source.find(local.name()), platform, environment);
        }
      }
      case ImageLocation.InRegistry(var name) -> {
        try (var client = new RegistryClient(RegistrySettings.of(environment, Set.of()));
            var source = client.repository(name)) {
          yield read(location, source, name.reference(), platform, environment);
        }
      }
    };
  }

  private static OpenedImage read(
      ImageLocation location,
      BlobSource source,
      ManifestReference reference,
      Platform platform,
      Map<String, String> environment)
      throws IOException {
    var parts = ImageParts.read(source, reference, platform);
    var layers = LayerIndexing.of(source, parts.manifest().layers(), cache(environment));
    for (var i = 0; i < layers.size(); i++) {
      requireNamed(layers.get(i), parts.config().diffIds().get(i));
    }
    return new OpenedImage(location, parts, layers, ImageTree.of(layers));
  }

  /// The manifest names layers as they are stored, the configuration what they decompress to.
  private static void requireNamed(LayerIndex index, Digest diffId) throws ImageException {
    if (!index.diffId().equals(diffId)) {
      throw new ImageException(
          ImageFault.WRONG_CONTENT,
          "the layer %s is not the one that the configuration names: uncompressed, its digest is %s, not %s"
              .formatted(index.blob(), index.diffId(), diffId));
    }
  }

  private static LayerIndexCache cache(Map<String, String> environment) {
    var home = environment.getOrDefault("HOME", "/nonexistent");
    var caches = environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache");
    return new LayerIndexCache(
        Path.of(caches, "testudo", "layers"), LayerIndexCache.MAX_BYTES, InstantSource.system());
  }
}
