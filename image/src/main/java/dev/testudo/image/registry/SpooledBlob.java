package dev.testudo.image.registry;

import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.MediaType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/// Writes a blob to a temporary file, mode 0600, and stores it when its digest is known. So a
/// failed push can be repeated, and a blob that the registry has is not sent.
final class SpooledBlob extends BlobWriter {
  private final Path file;
  private final MediaType type;
  private final BlobSink sink;
  private final MessageDigest hash = Digest.Algorithm.SHA256.start();
  private final OutputStream out;

  private SpooledBlob(Path file, MediaType type, BlobSink sink) throws IOException {
    this.file = file;
    this.type = type;
    this.sink = sink;
    this.out =
        new DigestOutputStream(
            new BufferedOutputStream(Files.newOutputStream(file), 1 << 16), hash);
  }

  /// Begins a blob.
  ///
  /// @param directory where the file is
  /// @param sink what stores it at the end
  static SpooledBlob begin(Path directory, MediaType type, BlobSink sink) throws IOException {
    return new SpooledBlob(Files.createTempFile(directory, "testudo-blob-", ".tmp"), type, sink);
  }

  @Override
  public void write(int one) throws IOException {
    out.write(one);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public Descriptor commit() throws IOException {
    out.close();
    var digest = Digest.finish(Digest.Algorithm.SHA256, hash);
    var blob = Descriptor.of(type, digest, Files.size(file));
    sink.put(blob, () -> Files.newInputStream(file));
    return blob;
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
