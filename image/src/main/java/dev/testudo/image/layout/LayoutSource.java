package dev.testudo.image.layout;

import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.Index;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.Referrers;
import dev.testudo.image.oci.SignatureTag;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Images in an OCI layout (OCI image-spec, image-layout.md), in a directory or an archive of one.
public final class LayoutSource implements LocalSource {
  private static final int MAX_MARK = 4096;

  private final StoredFiles files;
  private final String place;
  private final Index index;

  private LayoutSource(StoredFiles files, String place) throws IOException {
    this.files = files;
    this.place = place;
    this.index = index();
  }

  /// Opens a directory.
  ///
  /// @throws ImageException if it is not a layout
  public static LayoutSource directory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new ImageException(ImageFault.NOT_FOUND, "%s is not a directory".formatted(directory));
    }
    return new LayoutSource(new DirectoryFiles(directory), "oci:" + directory);
  }

  /// Opens an archive, which may be compressed.
  ///
  /// @throws ImageException if it is not an archive of a layout
  public static LayoutSource archive(Path file) throws IOException {
    var files = ArchiveFiles.open(file);
    try {
      return new LayoutSource(files, "oci-archive:" + file);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private Index index() throws IOException {
    try {
      var mark = JsonMembers.read(file("oci-layout", MAX_MARK), MAX_MARK, "oci-layout");
      if (!mark.text("imageLayoutVersion").startsWith("1.")) {
        throw new MessageException("`oci-layout` is of an unknown version");
      }
      return Index.read(
          new RawManifest(MediaType.OCI_INDEX.text(), file("index.json", RawManifest.MAX_BYTES)));
    } catch (MessageException e) {
      throw malformed(e);
    }
  }

  private ImageException malformed(MessageException e) {
    return new ImageException(ImageFault.MALFORMED, "%s: %s".formatted(place, e.getMessage()), e);
  }

  private byte[] file(String name, int limit) throws IOException {
    try (var in =
        files
            .open(name)
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageFault.NOT_FOUND,
                        "%s is not an OCI layout: it has no `%s`".formatted(place, name)))) {
      var content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw new ImageException(
            ImageFault.TOO_LARGE, "%s: `%s` has more than %d bytes".formatted(place, name, limit));
      }
      return content;
    }
  }

  /// Returns the manifests and indexes that the layout lists.
  public List<Descriptor> list() {
    return index.manifests();
  }

  @Override
  public ManifestReference find(Optional<String> name) throws IOException {
    var found = name.isPresent() ? index.tagged(name.get()) : images();
    if (found.stream().map(Descriptor::digest).distinct().count() != 1) {
      throw new ImageException(
          ImageFault.NOT_FOUND,
          "%s has %s%s; it has %s"
              .formatted(
                  place,
                  found.isEmpty() ? "no image" : "several images",
                  name.map(text -> " `%s`".formatted(text)).orElse(""),
                  tags()));
    }
    return new ByDigest(found.getFirst().digest());
  }

  /// Returns what the layout lists, without what lies beside an image: signatures and referrers.
  private List<Descriptor> images() {
    return index.manifests().stream()
        .filter(one -> Referrers.artifactType(one).isEmpty())
        .filter(one -> Index.tagOf(one).filter(SignatureTag::isOne).isEmpty())
        .toList();
  }

  /// Returns the manifests in the index of the layout that refer to `subject`.
  ///
  /// @param artifactType the type wanted, or empty for all
  List<Descriptor> referrers(Digest subject, Optional<String> artifactType) throws IOException {
    var found = new ArrayList<Descriptor>();
    for (var one : index.manifests()) {
      var type = Referrers.artifactType(one);
      if (type.isPresent() && (artifactType.isEmpty() || artifactType.equals(type))) {
        try {
          if (Referrers.subject(manifest(one.digest())).equals(Optional.of(subject))) {
            found.add(one);
          }
        } catch (MessageException e) {
          throw malformed(e);
        }
      }
    }
    return found;
  }

  private String tags() {
    var tags = images().stream().flatMap(one -> Index.tagOf(one).stream()).toList();
    return tags.isEmpty() ? "no tags" : "the tags " + String.join(", ", tags);
  }

  @Override
  public VerifiedStream open(Descriptor blob) throws IOException {
    var in =
        files
            .open(Layouts.blob(blob.digest()))
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageFault.NOT_FOUND, "%s has no blob %s".formatted(place, blob.digest())));
    return new VerifiedStream(in, blob, place);
  }

  @Override
  public RawManifest manifest(ManifestReference reference) throws IOException {
    return switch (reference) {
      case ByTag(var tag) -> manifest(find(Optional.of(tag)));
      case ByDigest(var digest) -> manifest(digest);
    };
  }

  private RawManifest manifest(Digest digest) throws IOException {
    var size =
        files
            .size(Layouts.blob(digest))
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageFault.NOT_FOUND, "%s has no manifest %s".formatted(place, digest)));
    var listed = index.manifests().stream().filter(one -> one.digest().equals(digest)).findFirst();
    var type = listed.map(Descriptor::mediaType).orElse(MediaType.OCI_MANIFEST.text());
    var content = read(Descriptor.of(type, digest, size), RawManifest.MAX_BYTES);
    try {
      return new RawManifest(
          listed.isPresent() ? type : RawManifest.typeOf(content).text(), content);
    } catch (MessageException e) {
      throw malformed(e);
    }
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
