package dev.testudo.image.layout;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Index;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes one image into an archive of an OCI layout. The file appears, or is replaced, when the
/// image has its tag; after that the sink is finished. The same blobs in the same order give the
/// same bytes.
public final class OciArchiveSink implements BlobSink {
  private final Path target;
  private final AtomicFile file;
  private final ArchiveWriter archive;
  private final Set<Digest> stored = new HashSet<>();

  private OciArchiveSink(Path target, AtomicFile file) {
    this.target = target;
    this.file = file;
    this.archive = new ArchiveWriter(new BufferedOutputStream(file.output(), 1 << 16));
  }

  /// Begins an archive.
  public static OciArchiveSink create(Path target) throws IOException {
    var directory = ArchiveWriter.directory(target);
    AtomicFile.sweep(directory);
    return new OciArchiveSink(target, AtomicFile.in(directory));
  }

  @Override
  public synchronized boolean has(Descriptor blob) {
    return stored.contains(blob.digest());
  }

  @Override
  public synchronized void put(Descriptor blob, BlobContent content) throws IOException {
    if (has(blob)) {
      return;
    }
    try (var in = new VerifiedStream(content.open(), blob, "the content")) {
      archive.file(Layouts.blob(blob.digest()), blob.size(), in);
    }
    stored.add(blob.digest());
  }

  @Override
  public BlobWriter begin(MediaType type) throws IOException {
    return new AtomicBlob(
        type,
        AtomicFile.in(ArchiveWriter.directory(target)),
        (spooled, blob) -> put(blob, () -> new ChannelStream(spooled.channel(), 0, blob.size())));
  }

  @Override
  public synchronized void putManifest(ManifestReference reference, RawManifest manifest)
      throws IOException {
    var descriptor = manifest.descriptor();
    var named =
        reference instanceof ByDigest(var digest)
            ? Descriptor.of(manifest.mediaType(), digest, descriptor.size())
            : descriptor;
    put(named, () -> new ByteArrayInputStream(manifest.content()));
    if (reference instanceof ByTag(var tag)) {
      var index = new Index(MediaType.OCI_INDEX, List.of(), Map.of(), Map.of());
      archive.file(Layouts.INDEX_NAME, LayoutSink.tagged(index, tag, descriptor).write().content());
      archive.file(Layouts.MARK_NAME, Layouts.mark());
      archive.finish();
      file.commit(target);
    }
  }

  @Override
  public boolean isOrdered() {
    return true;
  }

  @Override
  public String place() {
    return "oci-archive:" + target;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
