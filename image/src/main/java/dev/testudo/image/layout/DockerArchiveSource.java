package dev.testudo.image.layout;

import dev.testudo.image.compression.Decompression;
import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.oci.Compression;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonNull;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Images in an archive of `docker save` or `podman save`. Such archives have no manifests of
/// registries; each image gets the OCI manifest of its configuration and layers, which is the same
/// every time.
public final class DockerArchiveSource implements LocalSource {
  private static final String LIST = "manifest.json";
  private static final int MAX_IMAGES = 1000;

  /// An image as the archive lists it.
  private record Listed(String config, List<String> names, List<String> layers) {}

  private final ArchiveFiles files;
  private final String place;
  private final List<Listed> images;
  private final Map<Digest, String> blobs = new HashMap<>();
  private final Map<Digest, RawManifest> manifests = new HashMap<>();

  private DockerArchiveSource(ArchiveFiles files, String place) throws IOException {
    this.files = files;
    this.place = place;
    this.images = list();
  }

  /// Opens an archive, which may be compressed.
  ///
  /// @throws ImageException if it is not an archive of images
  public static DockerArchiveSource open(Path file) throws IOException {
    var files = ArchiveFiles.open(file);
    try {
      return new DockerArchiveSource(files, "docker-archive:" + file);
    } catch (MessageException e) {
      files.close();
      throw new ImageException(
          ImageFault.MALFORMED, "docker-archive:%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private List<Listed> list() throws IOException {
    var content = content(LIST, RawManifest.MAX_BYTES);
    if (!(Json.read(content, RawManifest.MAX_BYTES) instanceof JsonArray(var elements))
        || elements.size() > MAX_IMAGES) {
      throw new MessageException("`%s` is not an array of at most %d".formatted(LIST, MAX_IMAGES));
    }
    var listed = new ArrayList<Listed>();
    for (var element : elements) {
      var members = JsonMembers.of(element, LIST);
      var tags = members.optional("RepoTags");
      var untagged = tags.isEmpty() || tags.get() instanceof JsonNull;
      listed.add(
          new Listed(
              members.text("Config"),
              untagged ? List.of() : members.texts("RepoTags"),
              members.texts("Layers")));
    }
    return listed;
  }

  private InputStream file(String name) throws ImageException {
    return files
        .open(name)
        .orElseThrow(
            () ->
                new ImageException(
                    ImageFault.NOT_FOUND, "%s has no file `%s`".formatted(place, name)));
  }

  private byte[] content(String name, int limit) throws IOException {
    try (var in = file(name)) {
      var content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw new ImageException(
            ImageFault.TOO_LARGE, "%s: `%s` has more than %d bytes".formatted(place, name, limit));
      }
      return content;
    }
  }

  @Override
  public ManifestReference find(Optional<String> name) throws IOException {
    var wanted = name.map(DockerArchiveSource::full);
    var found =
        images.stream()
            .filter(
                one ->
                    wanted.isEmpty()
                        || one.names().stream().anyMatch(text -> full(text).equals(wanted.get())))
            .toList();
    if (found.size() != 1) {
      throw new ImageException(
          ImageFault.NOT_FOUND,
          "%s has %s%s; it has %s"
              .formatted(
                  place,
                  found.isEmpty() ? "no image" : "several images",
                  name.map(text -> " `%s`".formatted(text)).orElse(""),
                  names()));
    }
    return new ByDigest(manifest(found.getFirst()));
  }

  /// Short names mean what they mean in a registry.
  private static String full(String name) {
    return ImageName.parse(name).map(ImageName::toString).orElse(name);
  }

  private String names() {
    var names = images.stream().flatMap(one -> one.names().stream()).toList();
    return names.isEmpty()
        ? "images without names"
        : names.stream().collect(Collectors.joining("`, `", "`", "`"));
  }

  private synchronized Digest manifest(Listed image) throws IOException {
    var content = content(image.config(), ImageConfig.MAX_BYTES);
    try {
      var ids = ImageConfig.read(content).diffIds();
      if (ids.size() != image.layers().size()) {
        throw new MessageException(
            "the configuration has %d layers, the archive %d"
                .formatted(ids.size(), image.layers().size()));
      }
      var config = Descriptor.of(MediaType.OCI_CONFIG, content);
      blobs.put(config.digest(), image.config());
      var layers = new ArrayList<Descriptor>();
      for (var i = 0; i < ids.size(); i++) {
        var layer = layer(image.layers().get(i), ids.get(i));
        blobs.put(layer.digest(), image.layers().get(i));
        layers.add(layer);
      }
      var raw = new Manifest(MediaType.OCI_MANIFEST, config, layers, Map.of(), Map.of()).write();
      manifests.put(raw.descriptor().digest(), raw);
      return raw.descriptor().digest();
    } catch (MessageException e) {
      throw new ImageException(ImageFault.MALFORMED, "%s: %s".formatted(place, e.getMessage()), e);
    }
  }

  /// A plain layer has the digest that the configuration says, which a read verifies. A compressed
  /// one must be read to get its digest.
  private Descriptor layer(String name, Digest diffId) throws IOException {
    var hash = Algorithm.SHA256.start();
    Compression found;
    var decompression = Decompression.of(file(name), DecompressionLimits.LAYER);
    try (var _ = decompression.content()) {
      found = decompression.found();
    }
    var size = files.size(name).orElseThrow();
    if (found == Compression.NONE) {
      return Descriptor.of(MediaType.OCI_LAYER, diffId, size);
    }
    try (var in = new DigestInputStream(file(name), hash)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Descriptor.of(
        found == Compression.GZIP ? MediaType.OCI_LAYER_GZIP : MediaType.OCI_LAYER_ZSTD,
        Digest.finish(Algorithm.SHA256, hash),
        size);
  }

  @Override
  public VerifiedStream open(Descriptor blob) throws IOException {
    String name;
    synchronized (this) {
      name = blobs.get(blob.digest());
    }
    if (name == null) {
      throw new ImageException(
          ImageFault.NOT_FOUND, "%s has no blob %s".formatted(place, blob.digest()));
    }
    return new VerifiedStream(file(name), blob, place);
  }

  @Override
  public RawManifest manifest(ManifestReference reference) throws IOException {
    return switch (reference) {
      case ByTag(var tag) -> manifest(find(Optional.of(tag)));
      case ByDigest(var digest) -> made(digest);
    };
  }

  private synchronized RawManifest made(Digest digest) throws ImageException {
    var manifest = manifests.get(digest);
    if (manifest == null) {
      throw new ImageException(
          ImageFault.NOT_FOUND, "%s has no manifest %s".formatted(place, digest));
    }
    return manifest;
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
