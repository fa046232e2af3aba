package dev.testudo.image.registry;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.Referrers;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The manifests that refer to another one (distribution-spec, "Listing Referrers"). For registries
/// without that API, an index under the tag `sha256-HEX` lists them, and whoever pushes a referrer
/// adds it there ("Referrers Tag Schema").
final class RegistryReferrers {
  private static final int MAX_TAG = 128;
  private static final int TRIES = 4;

  private final RegistryHost host;
  private final String repository;
  private final RegistryManifests manifests;

  RegistryReferrers(RegistryHost host, String repository, RegistryManifests manifests) {
    this.host = host;
    this.repository = repository;
    this.manifests = manifests;
  }

  List<Descriptor> list(Digest subject, Optional<String> artifactType) throws IOException {
    var all = fromApi(subject);
    return (all.isPresent() ? all.get() : fromTag(subject))
        .stream()
            .filter(
                one -> artifactType.isEmpty() || artifactType.equals(Referrers.artifactType(one)))
            .toList();
  }

  private Optional<List<Descriptor>> fromApi(Digest subject) throws IOException {
    try {
      return Optional.of(
          new RegistryLists(host, repository)
              .pages(
                  "read the referrers of " + subject,
                  "%s/referrers/%s".formatted(repository, subject),
                  RegistryReferrers::descriptors));
    } catch (RegistryException e) {
      var status = e.problem().status().orElse(0);
      if (status == 404 || status == 405 || status == 501) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static void descriptors(JsonMembers page, List<Descriptor> into) throws IOException {
    for (var one : page.array("manifests")) {
      into.add(Descriptor.read(one, "manifests"));
    }
  }

  private List<Descriptor> fromTag(Digest subject) throws IOException {
    var all = new ArrayList<Descriptor>();
    try {
      var index = manifests.read(tag(subject));
      descriptors(JsonMembers.read(index.content(), RawManifest.MAX_BYTES, "referrers"), all);
    } catch (ImageException e) {
      if (e.fault() != ImageFault.NOT_FOUND) {
        throw e;
      }
    }
    return all;
  }

  private static ByTag tag(Digest subject) {
    var text = subject.toString().replace(':', '-');
    return new ByTag(text.substring(0, Math.min(text.length(), MAX_TAG)));
  }

  /// Adds a manifest to the index of its subject. Registries cannot change a tag on a condition, so
  /// somebody else who does the same at the same time may overwrite it; this is noticed and
  /// repeated.
  void add(RawManifest manifest) throws IOException {
    var subject = Referrers.subject(manifest);
    if (subject.isEmpty()) {
      return;
    }
    var entry = Referrers.entry(manifest);
    for (var tries = 0; tries < TRIES; tries++) {
      var all = new ArrayList<>(fromTag(subject.get()));
      if (all.stream().anyMatch(one -> one.digest().equals(entry.digest()))) {
        return;
      }
      all.add(entry);
      manifests.put(tag(subject.get()), index(all));
    }
    throw new ImageException(
        ImageFault.NOT_FOUND,
        "%s/%s: the list of referrers of %s is changed by others all the time; try again"
            .formatted(host.name(), repository, subject.get()));
  }

  private static RawManifest index(List<Descriptor> all) throws ImageException {
    var entries = all.stream().<JsonValue>map(Descriptor::json).toList();
    JsonObject index =
        new JsonBuilder()
            .put("schemaVersion", 2)
            .put("mediaType", MediaType.OCI_INDEX.text())
            .put("manifests", new JsonArray(entries))
            .build();
    return new RawManifest(MediaType.OCI_INDEX.text(), Json.write(index));
  }
}
