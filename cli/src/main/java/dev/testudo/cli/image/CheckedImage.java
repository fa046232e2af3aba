package dev.testudo.cli.image;

import dev.testudo.image.build.ConfigDeviations;
import dev.testudo.image.build.MeasuredContainer;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A confidential image, measured.
///
/// @param location where it is
/// @param digest the digest of its manifest
/// @param measured what its layers say
/// @param warnings what it has that neither Testudo writes nor an agent measures
public record CheckedImage(
    ImageLocation location, Digest digest, MeasuredContainer measured, List<String> warnings) {
  /// Copies the list.
  public CheckedImage {
    warnings = List.copyOf(warnings);
  }

  /// Reads and measures an image.
  ///
  /// @param source has the image
  /// @param parts the image in it
  /// @param cache keeps what is known of layers
  /// @throws IOException if the image cannot be read, is not what its digests say, or is not
  ///     confidential
  public static CheckedImage of(
      ImageLocation location, BlobSource source, ImageParts parts, LayerIndexCache cache)
      throws IOException {
    var tree = ImageTree.of(LayerIndexing.of(source, parts, cache));
    var measured = MeasuredContainer.of(source, parts, tree);
    var warnings = new ArrayList<String>();
    for (var member : ConfigDeviations.of(parts.config())) {
      warnings.add(
          "`%s` of the configuration is not what Testudo writes, and is not measured"
              .formatted(member));
    }
    for (var path : measured.ignored()) {
      warnings.add("`%s` does not belong to the agent, and is not measured".formatted(path));
    }
    return new CheckedImage(location, parts.descriptor().digest(), measured, warnings);
  }

  /// Returns the lines about the image.
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(line("image", location + "@" + digest));
    lines.add(line("name", measured.description().name()));
    lines.add(line("of image", measured.image().hex()));
    lines.add(line("of machine", measured.machine().hex()));
    lines.add(line("measurement", measured.measurement().hex() + " (not hardware attested)"));
    for (var path : measured.description().hostPaths()) {
      lines.add(line("not measured", path.toString()));
    }
    return lines;
  }

  private static String line(String what, String value) {
    return "%-12s %s".formatted(what, Printable.of(value));
  }

  /// Returns the same as members of an object.
  public JsonBuilder json() {
    return new JsonBuilder()
        .put("image", location.toString())
        .put("digest", digest.toString())
        .put("name", measured.description().name())
        .put("image_measurement", measured.image().hex())
        .put("machine_measurement", measured.machine().hex())
        .put("measurement", measured.measurement().hex())
        .put("hardware_attested", false)
        .put(
            "not_measured",
            measured.description().hostPaths().stream().map(Path::toString).toList())
        .put("warnings", warnings);
  }
}
