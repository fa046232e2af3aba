package dev.testudo.image.layout;

import dev.testudo.image.oci.Annotations;
import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobWriter;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.Index;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.Referrers;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.trust.json.MessageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Writes images into a directory with an OCI layout. Every file appears complete or not at all,
/// and several processes may write at once.
public final class LayoutSink implements BlobSink {
  private final Path directory;

  private LayoutSink(Path directory) {
    this.directory = directory;
  }

  /// Opens a directory, which is created as an empty layout if it does not exist or is empty, and
  /// removes what killed writers left in it.
  ///
  /// @throws ImageException if it is something else
  public static LayoutSink open(Path directory) throws IOException {
    if (Files.exists(directory)) {
      if (!Files.isDirectory(directory)) {
        throw foreign(directory);
      }
      if (!Files.exists(directory.resolve(Layouts.MARK_NAME)) && hasOthers(directory)) {
        throw foreign(directory);
      }
    }
    Files.createDirectories(directory.resolve("blobs/sha256"));
    Files.createDirectories(directory.resolve("blobs/sha512"));
    var sink = new LayoutSink(directory);
    sink.start();
    return sink;
  }

  /// Returns whether there is anything that another writer would not create. That writer may create
  /// the mark while this one looks.
  private static boolean hasOthers(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .anyMatch(
              name ->
                  !name.startsWith(AtomicFile.PREFIX)
                      && !name.equals(LayoutLock.NAME)
                      && !name.equals("blobs")
                      && !name.equals(Layouts.INDEX_NAME)
                      && !name.equals(Layouts.MARK_NAME));
    }
  }

  private static ImageException foreign(Path directory) {
    return new ImageException(
        ImageFault.UNSUPPORTED,
        "%s is neither an OCI layout nor an empty directory; name another one"
            .formatted(directory));
  }

  private void start() throws IOException {
    AtomicFile.sweep(directory);
    try (var _ = LayoutLock.take(directory)) {
      if (!Files.exists(directory.resolve(Layouts.INDEX_NAME))) {
        write(Layouts.INDEX_NAME, empty().write().content());
      }
      if (!Files.exists(directory.resolve(Layouts.MARK_NAME))) {
        write(Layouts.MARK_NAME, Layouts.mark());
      }
    }
  }

  private static Index empty() {
    return new Index(MediaType.OCI_INDEX, List.of(), Map.of(), Map.of());
  }

  private void write(String name, byte[] content) throws IOException {
    try (var file = AtomicFile.in(directory)) {
      file.output().write(content);
      file.commit(directory.resolve(name));
    }
  }

  private Path blob(Descriptor blob) {
    return directory.resolve(Layouts.blob(blob.digest()));
  }

  @Override
  public boolean has(Descriptor blob) throws IOException {
    return Files.isRegularFile(blob(blob)) && Files.size(blob(blob)) == blob.size();
  }

  @Override
  public void put(Descriptor blob, BlobContent content) throws IOException {
    if (has(blob)) {
      return;
    }
    try (var file = AtomicFile.in(directory);
        var in = new VerifiedStream(content.open(), blob, "the content")) {
      in.transferTo(file.output());
      file.commit(blob(blob));
    }
  }

  @Override
  public BlobWriter begin(MediaType type) throws IOException {
    return new AtomicBlob(type, AtomicFile.in(directory), (file, blob) -> file.commit(blob(blob)));
  }

  @Override
  public void putManifest(ManifestReference reference, RawManifest manifest) throws IOException {
    var descriptor = manifest.descriptor();
    put(descriptor, () -> new ByteArrayInputStream(manifest.content()));
    switch (reference) {
      case ByDigest(var digest) -> {
        if (!digest.equals(descriptor.digest())) {
          throw new ImageException(
              ImageFault.WRONG_CONTENT,
              "the manifest has the digest %s, not %s".formatted(descriptor.digest(), digest));
        }
        listReferrer(manifest);
      }
      case ByTag(var tag) -> change(index -> tagged(index, tag, descriptor));
    }
  }

  /// A manifest with a `subject` is in the index of the layout, although it has no tag.
  private void listReferrer(RawManifest manifest) throws IOException {
    Descriptor entry;
    try {
      if (Referrers.subject(manifest).isEmpty()) {
        return;
      }
      entry = Referrers.entry(manifest);
    } catch (MessageException e) {
      throw new ImageException(
          ImageFault.MALFORMED, "%s: %s".formatted(place(), e.getMessage()), e);
    }
    change(index -> withReferrer(index, entry));
  }

  private static Index withReferrer(Index index, Descriptor entry) {
    if (index.manifests().stream().anyMatch(one -> one.digest().equals(entry.digest()))) {
      return index;
    }
    var manifests = new ArrayList<>(index.manifests());
    manifests.add(entry);
    return new Index(index.type(), manifests, index.annotations(), index.others());
  }

  private void change(UnaryOperator<Index> change) throws IOException {
    try (var _ = LayoutLock.take(directory)) {
      var file = directory.resolve(Layouts.INDEX_NAME);
      Index index;
      try {
        index = Index.read(new RawManifest(MediaType.OCI_INDEX.text(), Files.readAllBytes(file)));
      } catch (MessageException e) {
        throw new ImageException(ImageFault.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
      }
      write(Layouts.INDEX_NAME, change.apply(index).write().content());
    }
  }

  /// Returns the index in which only `manifest` has the tag.
  static Index tagged(Index index, String tag, Descriptor manifest) {
    var manifests = new ArrayList<>(index.manifests());
    manifests.removeAll(index.tagged(tag));
    var annotations = new TreeMap<>(manifest.annotations());
    annotations.put(Annotations.REF_NAME, tag);
    manifests.add(manifest.withAnnotations(annotations));
    manifests.sort(Comparator.comparing(one -> Index.tagOf(one).orElse("")));
    return new Index(index.type(), manifests, index.annotations(), index.others());
  }

  @Override
  public String place() {
    return "oci:" + directory;
  }

  @Override
  public void close() {}
}
