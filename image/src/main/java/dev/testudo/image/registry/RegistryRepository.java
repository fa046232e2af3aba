package dev.testudo.image.registry;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageStore;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.image.registry.auth.AccessScope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A repository of a registry. Failures are [RegistryException]s, except that what is absent or has
/// the wrong content is a [dev.testudo.image.oci.ImageException]. Closing it does nothing;
/// [RegistryClient] has the connections.
public final class RegistryRepository implements ImageStore {
  private final RegistryHost host;
  private final RegistrySettings settings;
  private final String path;
  private final List<String> mountFrom;
  private final RegistryManifests manifests;

  RegistryRepository(
      RegistryHost host, RegistrySettings settings, String path, List<String> mountFrom) {
    this.host = host;
    this.settings = settings;
    this.path = path;
    this.mountFrom = List.copyOf(mountFrom);
    this.manifests = new RegistryManifests(host, path);
  }

  @Override
  public String place() {
    return host.name() + "/" + path;
  }

  /// Opens a blob. If the connection is cut, the stream continues with a new one where it was.
  @Override
  public VerifiedStream open(Descriptor blob) throws IOException {
    return new VerifiedStream(new ResumedBlob(host, path, blob).opened(), blob, place());
  }

  @Override
  public RawManifest manifest(ManifestReference reference) throws IOException {
    return manifests.read(reference);
  }

  /// Returns the tags of the repository, in the registry's order.
  public List<String> tags() throws IOException {
    return new RegistryLists(host, path).tags();
  }

  /// Returns the manifests that refer to `subject`, such as signatures and SBOMs, from the
  /// referrers API or, if the registry does not have it, from the tag that stands in for it
  /// (distribution-spec, "Listing Referrers"). The registry chooses what they say; nothing is
  /// verified.
  ///
  /// @param artifactType the type wanted, or empty for all
  @Override
  public List<Descriptor> referrers(Digest subject, Optional<String> artifactType)
      throws IOException {
    return new RegistryReferrers(host, path, manifests).list(subject, artifactType);
  }

  @Override
  public boolean has(Descriptor blob) throws IOException {
    return RegistryBlobs.has(host, AccessScope.pull(path), path, blob);
  }

  /// Stores a blob, unless the registry has it or can take it from another repository. Blobs up to
  /// the size of a chunk are sent with one request. Larger ones are sent in chunks; after a cut the
  /// upload continues where the registry says it stands.
  @Override
  public void put(Descriptor blob, BlobContent content) throws IOException {
    new BlobPush(host, settings, path, blob, content).push(mountFrom);
  }

  @Override
  public BlobWriter begin(MediaType type) throws IOException {
    return SpooledBlob.begin(settings.spool(), type, this);
  }

  /// Stores a manifest. If it has a `subject` and the registry has no referrers API, the tag that
  /// stands in for it is updated.
  @Override
  public void putManifest(ManifestReference reference, RawManifest manifest) throws IOException {
    var listed = manifests.put(reference, manifest);
    if (!listed) {
      new RegistryReferrers(host, path, manifests).add(manifest);
    }
  }

  /// Does nothing.
  @Override
  public void close() {}
}
