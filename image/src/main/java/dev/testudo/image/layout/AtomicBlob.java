package dev.testudo.image.layout;

import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.MediaType;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/// A blob that is written into a file.
final class AtomicBlob extends BlobWriter {
  /// Where a finished blob goes.
  @FunctionalInterface
  interface Target {
    /// Takes the file, which is closed afterwards.
    void take(AtomicFile file, Descriptor blob) throws IOException;
  }

  private final MediaType type;
  private final AtomicFile file;
  private final Target target;
  private final OutputStream out;
  private final MessageDigest hash = Algorithm.SHA256.start();
  private long size;

  AtomicBlob(MediaType type, AtomicFile file, Target target) {
    this.type = type;
    this.file = file;
    this.target = target;
    this.out = file.output();
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    out.write(buffer, offset, length);
    hash.update(buffer, offset, length);
    size += length;
  }

  @Override
  public Descriptor commit() throws IOException {
    var blob = Descriptor.of(type, Digest.finish(Algorithm.SHA256, hash), size);
    target.take(file, blob);
    return blob;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
