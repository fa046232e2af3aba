package dev.testudo.image.layout;

import dev.testudo.image.compression.Decompression;
import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Writes one image into an archive as `docker save` does, for `docker load` and `podman load`.
/// Such archives have plain layers, so compressed ones are decompressed. The file appears, or is
/// replaced, when the image has its name; after that the sink is finished.
public final class DockerArchiveSink implements BlobSink {
  private static final int BUFFER = 1 << 16;

  /// A plain layer in a temporary file.
  private record Layer(AtomicFile file, Digest diffId, long size) {}

  private final Path target;
  private final Path directory;
  private final Map<Digest, Layer> layers = new HashMap<>();
  private final Map<Digest, byte[]> others = new HashMap<>();

  private DockerArchiveSink(Path target, Path directory) {
    this.target = target;
    this.directory = directory;
  }

  /// Begins an archive.
  public static DockerArchiveSink create(Path target) throws IOException {
    var directory = ArchiveWriter.directory(target);
    AtomicFile.sweep(directory);
    return new DockerArchiveSink(target, directory);
  }

  @Override
  public synchronized boolean has(Descriptor blob) {
    return layers.containsKey(blob.digest()) || others.containsKey(blob.digest());
  }

  @Override
  public synchronized void put(Descriptor blob, BlobContent content) throws IOException {
    if (has(blob)) {
      return;
    }
    try (var in = new VerifiedStream(content.open(), blob, "the content")) {
      if (blob.type().filter(type -> type.kind() == MediaType.Kind.LAYER).isPresent()) {
        layers.put(blob.digest(), plain(in));
      } else {
        others.put(blob.digest(), small(in));
      }
    }
  }

  private static byte[] small(InputStream in) throws IOException {
    var content = in.readNBytes(ImageConfig.MAX_BYTES + 1);
    if (content.length > ImageConfig.MAX_BYTES) {
      throw new ImageException(
          ImageFault.TOO_LARGE,
          "a blob that is not a layer has more than %d bytes".formatted(ImageConfig.MAX_BYTES));
    }
    return content;
  }

  private Layer plain(VerifiedStream in) throws IOException {
    var file = AtomicFile.in(directory);
    try {
      var hashed = new DigestOutputStream(file.output(), Algorithm.SHA256.start());
      var size = Decompression.of(in, DecompressionLimits.LAYER).content().transferTo(hashed);
      in.finish();
      return new Layer(file, Digest.finish(Algorithm.SHA256, hashed.getMessageDigest()), size);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public BlobWriter begin(MediaType type) throws IOException {
    return new AtomicBlob(
        type,
        AtomicFile.in(directory),
        (spooled, blob) -> put(blob, () -> new ChannelStream(spooled.channel(), 0, blob.size())));
  }

  /// Stores the image under a name such as `localhost/redis:7`. An index has no place in such an
  /// archive.
  @Override
  public synchronized void putManifest(ManifestReference reference, RawManifest raw)
      throws IOException {
    if (!(reference instanceof ByTag(var name))) {
      throw new ImageException(
          ImageFault.UNSUPPORTED, "%s can hold only one image, by its name".formatted(place()));
    }
    Manifest manifest;
    try {
      manifest = Manifest.read(raw);
    } catch (MessageException e) {
      throw new ImageException(ImageFault.MALFORMED, "the manifest: " + e.getMessage(), e);
    }
    try (var file = AtomicFile.in(directory)) {
      write(new ArchiveWriter(new BufferedOutputStream(file.output(), BUFFER)), manifest, name);
      file.commit(target);
    }
  }

  private void write(ArchiveWriter archive, Manifest manifest, String name) throws IOException {
    var digest = manifest.config().digest();
    var config = others.get(digest);
    if (config == null) {
      throw missing(manifest.config());
    }
    var names = new ArrayList<String>();
    var written = new LinkedHashSet<String>();
    for (var descriptor : manifest.layers()) {
      var layer = layers.get(descriptor.digest());
      if (layer == null) {
        throw missing(descriptor);
      }
      var layerName = layer.diffId().hex() + ".tar";
      names.add(layerName);
      if (written.add(layerName)) {
        archive.file(
            layerName, layer.size(), new ChannelStream(layer.file().channel(), 0, layer.size()));
      }
    }
    archive.file(digest.hex() + ".json", config);
    archive.file("manifest.json", list(digest, name, names));
    archive.finish();
  }

  private static byte[] list(Digest config, String name, List<String> layers) {
    var image =
        new JsonBuilder()
            .put("Config", config.hex() + ".json")
            .put("RepoTags", List.of(name))
            .put("Layers", layers)
            .build();
    return Json.write(new JsonArray(List.of(image)));
  }

  private static ImageException missing(Descriptor blob) {
    return new ImageException(
        ImageFault.NOT_FOUND,
        "the manifest names the blob %s, which was not stored".formatted(blob.digest()));
  }

  @Override
  public boolean isOrdered() {
    return true;
  }

  @Override
  public String place() {
    return "docker-archive:" + target;
  }

  @Override
  public synchronized void close() throws IOException {
    for (var layer : layers.values()) {
      layer.file().close();
    }
  }
}
