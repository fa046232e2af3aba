package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.image.build.MeasuredContainer;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.Platform;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;

/// Finds the measurement of the version that `stable` names. It comes from the record of builds, or
/// from the image with a digest that the manifest gives. A tag alone in a registry is not enough:
/// who controls the registry could let it name another image, which would then be permitted.
///
/// @param destination where the versions of the image are stored
/// @param encrypted whether the image has encrypted files, whose key only the record has
record StableVersion(
    ImagePlaces places,
    LayerIndexCache cache,
    Platform platform,
    BuildRecord record,
    ImageLocation destination,
    boolean encrypted) {

  /// Returns the measurement.
  ///
  /// @param image the name of the new image (`build.to`)
  /// @param stable a tag, or a tag and a digest
  /// @throws CommandFailed if the version was not built here and has no digest
  Measurement find(String image, Text stable) throws IOException, CommandFailed {
    var parts = stable.value().split("@", 2);
    if (parts.length == 2) {
      var digest = Digest.parse(parts[1]).orElseThrow(); // the reader has checked it
      var known = record.withDigest(digest);
      if (known.isEmpty() && encrypted) {
        throw CommandFailed.input(
            "%s: `stable`: the version %s was not built with this target directory, so its encrypted files have another key; remove `stable`"
                .formatted(stable.span().place(), digest));
      }
      return known.isPresent() ? known.get().measurement() : read(digest);
    }
    var name = BuildRecord.repository(image) + ":" + parts[0];
    var built = record.newest(name);
    if (built.isEmpty()) {
      throw CommandFailed.input(
          "%s: `stable`: %s was not built with this target directory; add its digest, as in `%s@sha256:…`"
              .formatted(stable.span().place(), name, parts[0]));
    }
    return built.get().measurement();
  }

  private Measurement read(Digest digest) throws IOException {
    try (var opened = places.open(destination)) {
      var source = opened.source();
      var parts = ImageParts.read(source, new ByDigest(digest), platform);
      var tree = ImageTree.of(LayerIndexing.of(source, parts, cache));
      return MeasuredContainer.of(source, parts, tree).measurement();
    }
  }
}
