package dev.testudo.image;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A store in memory.
public final class MemoryStore implements BlobSource, BlobSink {
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, RawManifest> manifests = new ConcurrentHashMap<>();

  /// Stores bytes.
  public Descriptor add(MediaType type, byte[] content) {
    var descriptor = Descriptor.of(type, content);
    blobs.put(descriptor.digest(), content);
    return descriptor;
  }

  @Override
  public VerifiedStream open(Descriptor blob) throws IOException {
    var content = blobs.get(blob.digest());
    if (content == null) {
      throw new ImageException(ImageFault.NOT_FOUND, "no blob " + blob.digest());
    }
    return new VerifiedStream(new ByteArrayInputStream(content), blob, place());
  }

  @Override
  public RawManifest manifest(ManifestReference reference) throws IOException {
    var manifest = manifests.get(reference.toString());
    if (manifest == null) {
      throw new ImageException(ImageFault.NOT_FOUND, "no manifest " + reference);
    }
    return manifest;
  }

  @Override
  public boolean has(Descriptor blob) {
    return blobs.containsKey(blob.digest());
  }

  @Override
  public void put(Descriptor blob, BlobContent content) throws IOException {
    try (var in = new VerifiedStream(content.open(), blob, place())) {
      blobs.put(blob.digest(), in.readAllBytes());
    }
  }

  @Override
  public BlobWriter begin(MediaType type) {
    var bytes = new ByteArrayOutputStream();
    return new BlobWriter() {
      @Override
      public void write(int one) {
        bytes.write(one);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) {
        bytes.write(buffer, offset, length);
      }

      @Override
      public Descriptor commit() {
        return add(type, bytes.toByteArray());
      }
    };
  }

  @Override
  public void putManifest(ManifestReference reference, RawManifest manifest) {
    manifests.put(reference.toString(), manifest);
    manifests.put(manifest.descriptor().digest().toString(), manifest);
  }

  @Override
  public String place() {
    return "memory";
  }

  @Override
  public void close() {}
}
