package dev.testudo.cli.image;

import dev.testudo.cli.terminal.TransferLines;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.ImageLocation.InRegistry;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Which blobs an image consists of, and which of them its destination has already.
///
/// @param there those that the destination has
/// @param missing those that would be stored
public record BlobPlan(List<Descriptor> there, List<Descriptor> missing) {
  /// Copies the lists.
  public BlobPlan {
    there = List.copyOf(there);
    missing = List.copyOf(missing);
  }

  /// Asks a destination, and changes nothing there.
  ///
  /// @throws IOException if a registry does not answer, or refuses
  public static BlobPlan of(
      Collection<Descriptor> blobs, ImageLocation destination, ImagePlaces places)
      throws IOException {
    var there = new ArrayList<Descriptor>();
    var missing = new ArrayList<Descriptor>();
    for (var blob : blobs) {
      (has(destination, places, blob) ? there : missing).add(blob);
    }
    return new BlobPlan(there, missing);
  }

  private static boolean has(ImageLocation destination, ImagePlaces places, Descriptor blob)
      throws IOException {
    return switch (destination) {
      case InRegistry(var image) -> places.client().repository(image).has(blob);
      case ImageLocation.LayoutDirectory(var path, _) ->
          Files.isRegularFile(
              path.resolve("blobs")
                  .resolve(blob.digest().algorithm().text())
                  .resolve(blob.digest().hex()));
      // An archive is written anew.
      case ImageLocation.OciArchive _, ImageLocation.DockerArchive _ -> false;
    };
  }

  /// Returns the plan in one line.
  String summary() {
    return "%d of %d blobs, %s of %s"
        .formatted(
            missing.size(),
            missing.size() + there.size(),
            TransferLines.size(bytes(missing)),
            TransferLines.size(bytes(missing) + bytes(there)));
  }

  private static long bytes(List<Descriptor> blobs) {
    return blobs.stream().mapToLong(Descriptor::size).sum();
  }

  /// Returns the blobs as an array.
  JsonArray json() {
    var blobs = new ArrayList<JsonValue>();
    there.forEach(blob -> blobs.add(json(blob, true)));
    missing.forEach(blob -> blobs.add(json(blob, false)));
    return new JsonArray(blobs);
  }

  private static JsonValue json(Descriptor blob, boolean present) {
    return new JsonBuilder()
        .put("digest", blob.digest().toString())
        .put("size", blob.size())
        .put("present", present)
        .build();
  }
}
