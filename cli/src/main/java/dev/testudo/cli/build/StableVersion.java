package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.image.build.MeasuredContainer;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.layer.TreeContents;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.Platform;
import dev.testudo.policy.deployment.ProtectedRegion;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Finds the version that `stable` names. It comes from the record of builds, or from the image
/// with a digest that the manifest gives. A tag alone in a registry is not enough: who controls the
/// registry could let it name another image, which would then be permitted.
///
/// @param destination where the versions of the image are stored
record StableVersion(
    ImagePlaces places,
    LayerIndexCache cache,
    Platform platform,
    BuildRecord record,
    ImageLocation destination) {
  private static final String HEADER = SealedFolders.PLACE + "/" + VolumeHeader.FILE;

  /// What is known of the key of a version's protected files.
  sealed interface KeyOf {
    /// It has no such files.
    record NoFiles() implements KeyOf {}

    /// The key is this one.
    record Known(String key) implements KeyOf {
      @Override
      public String toString() {
        return "Known[]";
      }
    }

    /// Only the record of another target directory has the key.
    record Elsewhere() implements KeyOf {}
  }

  /// A version that may go on running.
  ///
  /// @param named where the manifest names it
  record Found(Text named, Measurement measurement, KeyOf key) {
    /// Checks that both versions can get the same key, because a session gives one.
    ///
    /// @param region the protected files of the new version
    /// @throws CommandFailed if they cannot
    void requireKeyOf(Optional<ProtectedRegion> region) throws CommandFailed {
      var wanted = region.map(ProtectedRegion::key);
      var reason =
          switch (key) {
            case KeyOf.NoFiles() -> wanted.isEmpty() ? "" : "it has no protected files";
            case KeyOf.Known(var own) ->
                wanted.isEmpty()
                    ? "the new version has no protected files"
                    : wanted.get().equals(own) ? "" : "its protected files have another key";
            case KeyOf.Elsewhere() ->
                "it was not built with this target directory, so its encrypted files have another key";
          };
      if (!reason.isEmpty()) {
        throw CommandFailed.input(
            "%s: `stable`: the version %s cannot run beside the new one: %s; remove `stable`"
                .formatted(named.span().place(), named.value(), reason));
      }
    }
  }

  /// Finds a version.
  ///
  /// @param image the name of the new image (`build.to`)
  /// @param stable a tag, or a tag and a digest
  /// @throws CommandFailed if the version was not built here and has no digest
  Found find(String image, Text stable) throws IOException, CommandFailed {
    var parts = stable.value().split("@", 2);
    if (parts.length == 2) {
      var digest = Digest.parse(parts[1]).orElseThrow(); // the reader has checked it
      var known = record.withDigest(digest);
      return known.isPresent() ? found(stable, known.get()) : read(image, stable, digest);
    }
    var name = BuildRecord.repository(image) + ":" + parts[0];
    var built = record.newest(name);
    if (built.isEmpty()) {
      throw CommandFailed.input(
          "%s: `stable`: %s was not built with this target directory; add its digest, as in `%s@sha256:…`"
              .formatted(stable.span().place(), name, parts[0]));
    }
    return found(stable, built.get());
  }

  private static Found found(Text stable, BuiltVersion built) {
    var key = built.files().<KeyOf>map(files -> new KeyOf.Known(files.key()));
    return new Found(stable, built.measurement(), key.orElseGet(KeyOf.NoFiles::new));
  }

  private Found read(String image, Text stable, Digest digest) throws IOException {
    try (var opened = places.open(destination)) {
      var source = opened.source();
      var parts = ImageParts.read(source, new ByDigest(digest), platform);
      var tree = ImageTree.of(LayerIndexing.of(source, parts, cache));
      var measurement = MeasuredContainer.of(source, parts, tree).measurement();
      return new Found(stable, measurement, key(image, source, parts, tree));
    }
  }

  /// Returns the key of an image that is not in the record: the one of readable files, if it opens
  /// the volume.
  private static KeyOf key(String image, BlobSource source, ImageParts parts, ImageTree tree)
      throws IOException {
    var header = tree.find(HEADER);
    if (header.isEmpty()) {
      return new KeyOf.NoFiles();
    }
    var file = header.get().file();
    var layers = parts.manifest().layers();
    var bytes = TreeContents.read(source, layers, List.of(file), VolumeHeader.BYTES).get(file);
    var key = SealedFolders.readableKey(BuildRecord.repository(image));
    try (var secret = Secret.taking(HexFormat.of().parseHex(key))) {
      VolumeHeader.read(bytes == null ? new byte[0] : bytes, secret);
      return new KeyOf.Known(key);
    } catch (VolumeException e) {
      return new KeyOf.Elsewhere();
    }
  }
}
