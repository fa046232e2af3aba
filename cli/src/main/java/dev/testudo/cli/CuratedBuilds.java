package dev.testudo.cli;

import dev.testudo.cli.build.BaseException;
import dev.testudo.cli.build.BuildInputs;
import dev.testudo.cli.build.BuildOrder;
import dev.testudo.cli.build.BuildRecord;
import dev.testudo.cli.build.BuiltVersion;
import dev.testudo.cli.curated.CuratedImage;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageDestination;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.ImageLocation.InRegistry;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Builds the images of the curated services of a mesh.
///
/// @param target the directory for output
/// @param rebuild whether images are built although they exist
record CuratedBuilds(
    CliContext context,
    InsecureOption insecure,
    Path target,
    Destinations destinations,
    boolean rebuild,
    ProgressOptions progress) {

  /// Says where an image goes.
  interface Destinations {
    ImageDestination of(BuildOrder order, Path folder) throws IOException, CommandFailed;
  }

  /// Builds each image that was not built as its manifest now says, or is no longer where it was
  /// stored.
  ///
  /// @param dryRun whether images are built and not stored
  /// @return the versions that were built now, by the names of the images
  Map<String, BuiltVersion> build(LoadedMesh mesh, boolean dryRun)
      throws IOException, CommandFailed {
    var built = new LinkedHashMap<String, BuiltVersion>();
    for (var service : mesh.plan().services()) {
      var found = mesh.image(service.name()).found();
      if (found.curated().isPresent() && !built.containsKey(found.image())) {
        build(found, found.curated().get(), dryRun)
            .ifPresent(version -> built.put(found.image(), version));
      }
    }
    return built;
  }

  private Optional<BuiltVersion> build(FoundManifest found, CuratedImage image, boolean dryRun)
      throws IOException, CommandFailed {
    var findings = new Findings(context.streams().err());
    var order =
        findings.need(
            BuildOrder.of(found)
                .withProblems(wrong -> wrong.stream().map(image::located).toList()));
    var destination = destinations.of(order, found.folder());
    if (destination.location() instanceof InRegistry) {
      findings.needNoErrors(image.noPlace().stream().toList());
    }
    if (!rebuild && isBuilt(found, destination.location(), dryRun)) {
      return Optional.empty();
    }
    try {
      var apply = new ServiceApply(context, insecure, target, destination, dryRun, progress);
      return Optional.of(apply.build(order, image::located).version());
    } catch (BaseException e) {
      throw CommandFailed.environment(
          "%s: curated service `%s`: %s; name another base with `base`"
              .formatted(
                  image.base().orElse(image.written()).span().place(),
                  image.service(),
                  CommandFailed.reason(e)));
    }
  }

  private boolean isBuilt(FoundManifest found, ImageLocation place, boolean dryRun)
      throws IOException, CommandFailed {
    var newest = BuildRecord.of(target, found.image()).newest(found.image());
    return newest.isPresent()
        && newest.get().inputs().equals(BuildInputs.hash(found.manifest().build()))
        && (dryRun || isThere(newest.get(), place));
  }

  private boolean isThere(BuiltVersion version, ImageLocation place) throws IOException {
    if (place instanceof ImageLocation.LayoutDirectory(var path, _) && !Files.exists(path)) {
      return false;
    }
    try (var client = insecure.client(context);
        var opened = new ImagePlaces(client).open(place)) {
      opened.source().manifest(new ByDigest(version.digest()));
      return true;
    } catch (ImageException e) {
      if (e.fault() == ImageFault.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
