package dev.testudo.image.layout;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageStore;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An existing layout in a directory, for reading and writing. What is written is seen by the next
/// read.
public final class LayoutStore implements ImageStore {
  private final Path directory;
  private final LayoutSink sink;

  private LayoutStore(Path directory, LayoutSink sink) {
    this.directory = directory;
    this.sink = sink;
  }

  /// Opens a directory.
  ///
  /// @throws dev.testudo.image.oci.ImageException if it is not a layout
  public static LayoutStore open(Path directory) throws IOException {
    LayoutSource.directory(directory).close();
    return new LayoutStore(directory, LayoutSink.open(directory));
  }

  @Override
  public VerifiedStream open(Descriptor blob) throws IOException {
    try (var source = LayoutSource.directory(directory)) {
      return source.open(blob);
    }
  }

  @Override
  public RawManifest manifest(ManifestReference reference) throws IOException {
    try (var source = LayoutSource.directory(directory)) {
      return source.manifest(reference);
    }
  }

  @Override
  public List<Descriptor> referrers(Digest subject, Optional<String> artifactType)
      throws IOException {
    try (var source = LayoutSource.directory(directory)) {
      return source.referrers(subject, artifactType);
    }
  }

  @Override
  public boolean has(Descriptor blob) throws IOException {
    return sink.has(blob);
  }

  @Override
  public void put(Descriptor blob, BlobContent content) throws IOException {
    sink.put(blob, content);
  }

  @Override
  public BlobWriter begin(MediaType type) throws IOException {
    return sink.begin(type);
  }

  @Override
  public void putManifest(ManifestReference reference, RawManifest manifest) throws IOException {
    sink.putManifest(reference, manifest);
  }

  @Override
  public String place() {
    return sink.place();
  }

  @Override
  public void close() {
    sink.close();
  }
}
