package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.build.ConfidentialImage;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.sbom.SbomArtifact;
import dev.testudo.image.transfer.DryRunSink;
import dev.testudo.image.transfer.TransferListener;
import java.io.IOException;
import java.util.Optional;

/// Where a new image goes, what it is called there, and what lies beside it.
///
/// @param signer signs it once it is there; empty if nobody does
/// @param sbom whether its software bill of materials is stored; an archive has no place for it
public record ImageDestination(
    ImageLocation location,
    ManifestReference reference,
    Optional<ImageSigner> signer,
    boolean sbom) {

  /// An image that was written.
  ///
  /// @param bill the digest of its software bill of materials, if it was stored
  public record Written(ConfidentialImage image, Optional<Digest> bill) {}

  /// Writes an image, signs it, and stores its bill.
  ///
  /// @param source where its base is: the same registry need not be sent its layers
  /// @param listener is told how it proceeds
  public Written write(
      ConfidentialImage.Prepared image,
      ImagePlaces places,
      ImageLocation source,
      TransferListener listener)
      throws IOException, CommandFailed {
    try (var sink = places.create(source, location)) {
      var made = image.write(sink, reference, listener);
      return new Written(made, addBeside(image, made, places));
    }
  }

  private Optional<Digest> addBeside(
      ConfidentialImage.Prepared image, ConfidentialImage made, ImagePlaces places)
      throws IOException, CommandFailed {
    if (!ImagePlaces.isStore(location) || (signer.isEmpty() && !sbom)) {
      return Optional.empty();
    }
    try (var store = places.store(location)) {
      if (signer.isPresent()) {
        signer.get().sign(store, made.manifest().digest());
      }
      return sbom
          ? Optional.of(SbomArtifact.attach(store, made.manifest(), image.sbom(made)))
          : Optional.empty();
    }
  }

  /// An image that would be written.
  ///
  /// @param image what it would be
  /// @param blobs which blobs would be sent
  public record Planned(ConfidentialImage image, BlobPlan blobs) {}

  /// Finds out what [#write] would do, and writes nothing.
  public Planned plan(ConfidentialImage.Prepared image, ImagePlaces places) throws IOException {
    try (var sink = new DryRunSink(location.toString())) {
      var made = image.write(sink, reference, TransferListener.NONE);
      return new Planned(made, BlobPlan.of(sink.blobs(), location, places));
    }
  }
}
