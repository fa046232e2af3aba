package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Reads how the containers of images start.
///
/// @param places opens the images
/// @param platform which images of an index
public record ImageStarts(ImagePlaces places, Platform platform) {
  /// The most images that are read at once.
  private static final int MAX = 1000;

  /// Returns the configuration of each image, by the name given. Only manifests and configurations
  /// are read, no layers.
  ///
  /// @throws CommandFailed if some cannot be read; it names all of them
  public Map<String, ContainerConfig> of(Collection<String> images) throws CommandFailed {
    if (images.size() > MAX) {
      throw CommandFailed.input("there are more than %d images to read".formatted(MAX));
    }
    var starts = new HashMap<String, ContainerConfig>();
    var failed = new ArrayList<String>();
    for (var image : images) {
      try (var opened = places.open(ImagePlaces.location(image))) {
        starts.put(image, opened.image(platform).config().container());
      } catch (IOException e) {
        failed.add(CommandFailed.reason(e));
      }
    }
    if (!failed.isEmpty()) {
      throw CommandFailed.environment(
          "cannot read %d of %d images: %s"
              .formatted(failed.size(), images.size(), String.join("; ", failed)));
    }
    return starts;
  }
}
