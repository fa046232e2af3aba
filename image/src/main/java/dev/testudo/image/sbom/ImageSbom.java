package dev.testudo.image.sbom;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.KeptContents;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeContents;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageParts;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The software bill of materials of an image: the packages of Debian, Alpine, Python, npm and Java
/// that its files describe. It is what they say: a program that was copied into the image by hand
/// is not in it.
public final class ImageSbom {
  /// The most bytes of files that [#contents] keeps: those of most images without jars.
  private static final int MAX_KEPT = 64 << 20;

  private static final int MAX_FILES = 200_000;

  private final BlobSource source;
  private final List<Descriptor> layers;
  private final ImageTree tree;
  private final KeptContents kept;
  private final List<PackageReader> readers;
  private final SbomFindings findings = new SbomFindings();

  /// A file that is to be read, and by whom.
  private record Wanted(String path, PackageReader reader) {}

  private ImageSbom(BlobSource source, List<Descriptor> layers, ImageTree tree, KeptContents kept) {
    this.source = source;
    this.layers = layers;
    this.tree = tree;
    this.kept = kept;
    var release = new ReleaseFile(tree);
    this.readers =
        List.of(
            release,
            new DebianPackages(tree, layers, release),
            new AlpinePackages(release),
            new PythonPackages(),
            new NodePackages(),
            new JavaArchives());
  }

  /// Returns a store for files that describe packages. If layers are read with it, most bills need
  /// not read them again.
  public static KeptContents contents() {
    return new KeptContents(ImageSbom::describesPackages, MAX_KEPT);
  }

  private static boolean describesPackages(String path) {
    return ReleaseFile.PATHS.contains(path)
        || DebianPackages.describes(path)
        || AlpinePackages.DATABASES.contains(path)
        || PythonPackages.describes(path)
        || NodePackages.describes(path)
        || JavaArchives.describes(path);
  }

  /// Returns the bill as a document of CycloneDX 1.6, in JSON. The same image always gives the same
  /// bytes. What cannot be read is a property `testudo:warning` of the document.
  ///
  /// @param source has the layers of the image
  /// @param described what the document is about: the digest of a manifest
  /// @param layers the layers, the lowest first
  /// @param tree the files of these layers
  /// @param kept what need not be read again, see [#contents]
  /// @throws IOException if a layer cannot be read
  public static byte[] of(
      BlobSource source,
      Digest described,
      List<Descriptor> layers,
      ImageTree tree,
      KeptContents kept)
      throws IOException {
    var sbom = new ImageSbom(source, layers, tree, kept);
    sbom.read();
    return SbomDocument.write(described, sbom.findings);
  }

  /// Returns the bill of an image, see [#of(BlobSource, Digest, List, ImageTree, KeptContents)].
  public static byte[] of(BlobSource source, ImageParts image, ImageTree tree, KeptContents kept)
      throws IOException {
    return of(source, image.descriptor().digest(), image.manifest().layers(), tree, kept);
  }

  private static Optional<Long> size(TreeFile file) {
    return file.node() instanceof LayerNode.RegularFile(var size, _)
        ? Optional.of(size)
        : Optional.empty();
  }

  private void read() throws IOException {
    var wanted = new HashMap<TreeFile, Wanted>();
    for (var located : tree.files()) {
      want(located, wanted);
    }
    TreeContents.forEach(
        source, layers, wanted.keySet(), kept, (file, content) -> read(wanted, file, content));
    readers.forEach(reader -> reader.finish(findings));
  }

  private void want(Located located, Map<TreeFile, Wanted> wanted) {
    var size = size(located.file());
    if (size.isEmpty()) {
      return;
    }
    var path = located.path();
    for (var reader : readers) {
      if (!reader.reads(path)) {
        continue;
      }
      if (size.get() > reader.limit()) {
        findings.warn(
            path, "not read: %d bytes, %d are allowed".formatted(size.get(), reader.limit()));
      } else if (wanted.size() == MAX_FILES) {
        findings.warn("/", "more than %d files describe packages".formatted(MAX_FILES));
      } else {
        wanted.putIfAbsent(located.file(), new Wanted(path, reader));
      }
      return;
    }
  }

  private void read(Map<TreeFile, Wanted> wanted, TreeFile file, byte[] content) {
    var one = wanted.get(file);
    if (one == null) {
      throw new AssertionError("nobody wants this file");
    }
    try {
      one.reader().read(one.path(), layers.get(file.layer()).digest(), content, findings);
    } catch (SbomException e) {
      findings.warn(one.path(), String.valueOf(e.getMessage()));
    }
  }
}
