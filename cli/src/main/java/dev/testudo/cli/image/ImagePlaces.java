package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layout.DockerArchiveSink;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.ImageLocation.DockerArchive;
import dev.testudo.image.layout.ImageLocation.InRegistry;
import dev.testudo.image.layout.ImageLocation.LayoutDirectory;
import dev.testudo.image.layout.ImageLocation.Local;
import dev.testudo.image.layout.ImageLocation.OciArchive;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.layout.LayoutStore;
import dev.testudo.image.layout.LocalSource;
import dev.testudo.image.layout.OciArchiveSink;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ImageStore;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.registry.RegistryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// Opens the places of images that a user names.
///
/// @param client reaches those in registries
public record ImagePlaces(RegistryClient client) {

  /// A place that is open for reading, and what the user means there.
  public record Opened(BlobSource source, ManifestReference reference) implements AutoCloseable {
    /// Reads the image for a platform.
    public ImageParts image(Platform platform) throws IOException {
      return ImageParts.read(source, reference, platform);
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }

  /// Reads a location as the user wrote it. Relative paths are of the current directory.
  public static ImageLocation location(String text) throws CommandFailed {
    return switch (ImageLocation.read(text, Path.of("").toAbsolutePath())) {
      case ImageLocation.Reading.Read(var location) -> location;
      case ImageLocation.Reading.Mistake(var at, var message) ->
          throw CommandFailed.usage(
              "image `%s`, character %d: %s".formatted(text, at + 1, message));
    };
  }

  /// Opens a place for reading.
  public Opened open(ImageLocation location) throws IOException {
    return switch (location) {
      case InRegistry(var image) -> new Opened(client.repository(image), image.reference());
      case Local local -> {
        var source = LocalSource.open(local);
        yield new Opened(source, source.find(local.name()));
      }
    };
  }

  /// Opens a place for writing an image that comes from `source`.
  public BlobSink create(ImageLocation source, ImageLocation target) throws IOException {
    return switch (target) {
      case InRegistry(var image) -> client.repository(image, mountFrom(source, image));
      case LayoutDirectory(var path, _) -> LayoutSink.open(path);
      case OciArchive(var path, _) -> OciArchiveSink.create(path);
      case DockerArchive(var path, _) -> DockerArchiveSink.create(path);
    };
  }

  /// Opens a place where something is written beside an image that is there.
  ///
  /// @throws CommandFailed if it is an archive, which cannot be changed
  public ImageStore store(ImageLocation location) throws IOException, CommandFailed {
    return switch (location) {
      case InRegistry(var image) -> client.repository(image);
      case LayoutDirectory(var path, _) -> LayoutStore.open(path);
      case OciArchive _, DockerArchive _ -> throw archive(location);
    };
  }

  /// Checks that something can be written beside an image at a place.
  ///
  /// @throws CommandFailed if it is an archive, which cannot be changed
  public static void requireStore(ImageLocation location) throws CommandFailed {
    if (!isStore(location)) {
      throw archive(location);
    }
  }

  /// Returns whether something can be written beside an image at a place.
  public static boolean isStore(ImageLocation location) {
    return switch (location) {
      case InRegistry _, LayoutDirectory _ -> true;
      case OciArchive _, DockerArchive _ -> false;
    };
  }

  private static CommandFailed archive(ImageLocation location) {
    return CommandFailed.input(
        "%s: nothing can be added to an archive; take a registry or a layout (`oci:`)"
            .formatted(location));
  }

  /// A registry need not be sent what it has in another repository.
  private static List<String> mountFrom(ImageLocation source, ImageName target) {
    return source instanceof InRegistry(var image) && image.registry().equals(target.registry())
        ? List.of(image.repository())
        : List.of();
  }

  /// Returns what a new image is called at its place.
  ///
  /// @param tag the tag if the user gives none
  /// @param name the whole name if an archive needs one and the user gives none
  public static ManifestReference name(ImageLocation target, String tag, String name)
      throws CommandFailed {
    return switch (target) {
      case InRegistry(var image) when image.digest().isPresent() ->
          throw CommandFailed.usage("`%s`: a destination has a tag, not a digest".formatted(image));
      case InRegistry(var image) -> image.reference();
      case DockerArchive(_, var given) -> new ByTag(given.orElse(name));
      case Local local -> new ByTag(local.name().orElse(tag));
    };
  }

  /// Returns the user's cache of what is known of layers.
  public static LayerIndexCache cache(Map<String, String> environment) {
    return new LayerIndexCache(
        caches(environment).resolve("layers"), LayerIndexCache.MAX_BYTES, InstantSource.system());
  }

  /// Returns the directory of the user's caches (XDG Base Directory Specification).
  public static Path caches(Map<String, String> environment) {
    var home = environment.getOrDefault("HOME", "/nonexistent");
    return Path.of(environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache"), "testudo");
  }
}
