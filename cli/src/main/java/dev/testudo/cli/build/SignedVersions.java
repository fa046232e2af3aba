package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.SignatureClaim;
import dev.testudo.cli.image.SignatureIdentity;
import java.io.IOException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;

/// Requires that a key has signed versions of images. The signature must lie beside the image at
/// the place that its name means.
///
/// @param places opens these places
public record SignedVersions(ImagePlaces places, PublicKey key) {

  /// Checks all versions.
  ///
  /// @throws CommandFailed if one is not signed by the key; all of them are named
  /// @throws IOException if a place cannot be read
  public void require(Collection<BuiltVersion> versions) throws IOException, CommandFailed {
    var unsigned = new ArrayList<String>();
    for (var version : versions) {
      var location = ImagePlaces.location(version.image());
      var repository = SignatureIdentity.of(location, Optional.empty());
      try (var opened = places.open(location)) {
        var claim = SignatureClaim.of(opened.source(), repository, version.digest(), key);
        if (!claim.holds()) {
          unsigned.add("%s@%s: %s".formatted(version.image(), version.digest(), claim.refusal()));
        }
      }
    }
    if (!unsigned.isEmpty()) {
      throw CommandFailed.refused(String.join("\n", unsigned) + "; no session was changed");
    }
  }
}
