package dev.testudo.image.transfer;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// A destination that stores nothing, and knows afterwards what would have been stored.
public final class DryRunSink implements BlobSink {
  private final String place;
  private final Map<Digest, Descriptor> blobs = new ConcurrentSkipListMap<>();

  /// Creates a sink.
  ///
  /// @param place the place that it stands in for, for messages
  public DryRunSink(String place) {
    this.place = place;
  }

  /// Returns the blobs that would have been stored, by digest.
  public List<Descriptor> blobs() {
    return new ArrayList<>(blobs.values());
  }

  @Override
  public boolean has(Descriptor blob) {
    return false;
  }

  /// Notes the blob; its content is not read.
  @Override
  public void put(Descriptor blob, BlobContent content) {
    blobs.put(blob.digest(), blob);
  }

  @Override
  public BlobWriter begin(MediaType type) {
    return new HashingWriter(type);
  }

  /// Does nothing: a manifest is not a blob.
  @Override
  public void putManifest(ManifestReference reference, RawManifest manifest) {}

  @Override
  public String place() {
    return place;
  }

  @Override
  public void close() {}

  private final class HashingWriter extends BlobWriter {
    private final MediaType type;
    private final MessageDigest hash = Algorithm.SHA256.start();
    private long size;

    HashingWriter(MediaType type) {
      this.type = type;
    }

    @Override
    public void write(int one) {
      hash.update((byte) one);
      size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      hash.update(bytes, offset, length);
      size += length;
    }

    @Override
    public Descriptor commit() throws IOException {
      var blob = Descriptor.of(type, Digest.finish(Algorithm.SHA256, hash), size);
      blobs.put(blob.digest(), blob);
      return blob;
    }
  }
}
