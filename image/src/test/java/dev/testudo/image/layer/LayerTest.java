package dev.testudo.image.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.MemoryStore;
import dev.testudo.image.Tools;
import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarWriter;
import dev.testudo.image.transfer.TransferListener;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerTest {
  private static final FileAttributes PLAIN = FileAttributes.of(0644);

  @TempDir Path directory;
  private final MemoryStore store = new MemoryStore();

  private static TarEntry file(String name) {
    return new TarEntry(name, new TarKind.File(name.length()), PLAIN);
  }

  private static TarEntry link(String name, String target) {
    return new TarEntry(name, new TarKind.SymbolicLink(target), PLAIN);
  }

  private static TarEntry hard(String name, String target) {
    return new TarEntry(name, new TarKind.HardLink(target), PLAIN);
  }

  private static TarEntry folder(String name) {
    return new TarEntry(name, new TarKind.Directory(), FileAttributes.of(0700));
  }

  /// Each file contains its name.
  private static byte[] tar(TarEntry... entries) throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    for (var entry : entries) {
      writer.put(entry);
      if (entry.kind() instanceof TarKind.File) {
        writer.write(entry.name().getBytes(UTF_8), 0, entry.name().length());
      }
    }
    writer.finish();
    return out.toByteArray();
  }

  private LayerIndex index(TarEntry... entries) throws IOException {
    return LayerIndex.of(store, store.add(MediaType.OCI_LAYER, tar(entries)));
  }

  private static List<String> paths(ImageTree tree) {
    return tree.files().stream().map(ImageTree.Located::path).toList();
  }

  private static void refused(ImageFault fault, Executable reads) {
    assertEquals(fault, assertThrows(ImageException.class, reads).fault());
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "a/../../x", "a/..", "/../x", "./../x"})
  void aNameThatLeadsOutIsRefused(String name) {
    refused(ImageFault.ESCAPES, () -> index(file(name)));
    refused(ImageFault.ESCAPES, () -> index(file("a"), hard("b", name)));
  }

  @Test
  void absoluteNamesAreInTheImage() throws Exception {
    var tree = ImageTree.of(List.of(index(file("/etc/passwd"), file("././b//c"))));
    assertEquals(List.of("/b", "/b/c", "/etc", "/etc/passwd"), paths(tree));
  }

  @ParameterizedTest
  @CsvSource({"..", "../../etc", "a/../../..", "/../etc"})
  void aLinkThatLeadsOutIsNoDirectory(String target) throws Exception {
    var layer = index(link("l", target), file("l/passwd"));
    refused(ImageFault.ESCAPES, () -> ImageTree.of(List.of(layer)));
  }

  @Test
  void aLinkThatLeadsOutIsHarmlessByItself() throws Exception {
    var tree = ImageTree.of(List.of(index(link("l", "../../etc/passwd"), file("etc/passwd"))));
    assertEquals("/etc/passwd", tree.find("/l").orElseThrow().path());
  }

  @Test
  void linksInTheDirectoryOfAnEntryAreFollowedInTheImage() throws Exception {
    var base = index(folder("usr"), folder("usr/lib"), link("lib", "usr/lib"));
    var upper = index(file("lib/x"), link("abs", "/usr"), file("abs/lib/y"));
    var tree = ImageTree.of(List.of(base, upper));
    assertEquals(
        List.of("/abs", "/lib", "/usr", "/usr/lib", "/usr/lib/x", "/usr/lib/y"), paths(tree));
  }

  @Test
  void linksInCirclesAreRefused() throws Exception {
    var layer = index(link("a", "b"), link("b", "a"), file("a/x"));
    refused(ImageFault.ESCAPES, () -> ImageTree.of(List.of(layer)));
    var tree = ImageTree.of(List.of(index(link("a", "b"), link("b", "a"))));
    assertTrue(tree.find("/a").isEmpty());
  }

  @Test
  void whiteoutsRemoveWhatLowerLayersHave() throws Exception {
    var base = index(file("a"), file("d/x"), file("d/y"), file("o/x"), file("keep"));
    var upper =
        index(file(".wh.a"), file("d/.wh.x"), file("o/n"), file("o/.wh..wh..opq"), file(".wh.no"));
    var tree = ImageTree.of(List.of(base, upper));
    assertEquals(List.of("/d", "/d/y", "/keep", "/o", "/o/n"), paths(tree));
  }

  @Test
  void whiteoutsKeepWhatTheirOwnLayerHas() throws Exception {
    var base = index(file("d/old"));
    var upper = index(folder("d"), file("d/new"), file(".wh.d"));
    assertEquals(List.of("/d", "/d/new"), paths(ImageTree.of(List.of(base, upper))));
  }

  @ParameterizedTest
  @ValueSource(strings = {".wh.", ".wh..", ".wh...", "a/.wh..."})
  void whiteoutsOfParentsAreRefused(String name) {
    refused(ImageFault.ESCAPES, () -> index(file(name)));
  }

  @Test
  void whiteoutsHaveNothingBelow() {
    refused(ImageFault.MALFORMED, () -> index(file(".wh.a/b")));
  }

  @Test
  void laterEntriesWin() throws Exception {
    var tree = ImageTree.of(List.of(index(file("a"), link("a", "x"), file("d/x"), link("d", "a"))));
    assertEquals(List.of("/a", "/d"), paths(tree));
    assertEquals(new LayerNode.SymbolicLink("x"), tree.findLink("/a").orElseThrow().file().node());
  }

  @Test
  void aDirectoryThatIsGivenAgainKeepsItsContent() throws Exception {
    var tree = ImageTree.of(List.of(index(file("d/x")), index(folder("d"))));
    assertEquals(List.of("/d", "/d/x"), paths(tree));
    assertEquals(0700, tree.find("/d").orElseThrow().file().attributes().mode());
  }

  @Test
  void hardLinksNameTheSameFileAlsoOfLowerLayers() throws Exception {
    var tree = ImageTree.of(List.of(index(file("a")), index(hard("b", "a"), hard("c", "./b"))));
    var a = tree.find("/a").orElseThrow().file();
    assertEquals(a, tree.find("/b").orElseThrow().file());
    assertEquals(a, tree.find("/c").orElseThrow().file());
  }

  @Test
  void hardLinksOfNothingAndOfDirectoriesAreRefused() throws Exception {
    var nothing = index(hard("b", "a"));
    refused(ImageFault.MALFORMED, () -> ImageTree.of(List.of(nothing)));
    var folder = index(folder("a"), hard("b", "a"));
    refused(ImageFault.MALFORMED, () -> ImageTree.of(List.of(folder)));
    var out = index(link("l", "../.."), hard("b", "l/a"));
    refused(ImageFault.ESCAPES, () -> ImageTree.of(List.of(out)));
  }

  @Test
  void entriesBelowFilesAreRefused() throws Exception {
    var layer = index(file("a"), file("a/b"));
    refused(ImageFault.MALFORMED, () -> ImageTree.of(List.of(layer)));
  }

  @Test
  void longAndDeepNamesAreRefused() {
    refused(ImageFault.TOO_LARGE, () -> index(file("n".repeat(256))));
    refused(ImageFault.TOO_LARGE, () -> index(file("d/".repeat(256))));
  }

  @Test
  void compressionMustBeWhatTheMediaTypeSays() throws Exception {
    var plain = tar(file("a"));
    var descriptor = store.add(MediaType.OCI_LAYER_GZIP, plain);
    refused(ImageFault.MALFORMED, () -> LayerIndex.of(store, descriptor));
    var config = store.add(MediaType.OCI_CONFIG, plain);
    refused(ImageFault.UNSUPPORTED, () -> LayerIndex.of(store, config));
  }

  private byte[] packed(byte[] content, String program) throws Exception {
    Files.write(directory.resolve("in"), content);
    Tools.shell(directory, program + " < in > out");
    return Files.readAllBytes(directory.resolve("out"));
  }

  @ParameterizedTest
  @CsvSource({"gzip -9, OCI_LAYER_GZIP", "zstd -q, OCI_LAYER_ZSTD", "cat, DOCKER_LAYER"})
  void everyCompressionGivesTheSameIndex(String program, MediaType type) throws Exception {
    var plain = tar(file("a"), folder("d"), file("d/x"));
    var index = LayerIndex.of(store, store.add(type, packed(plain, program)));
    assertEquals(Digest.of(plain), index.diffId());
    assertEquals(plain.length, index.size());
    assertEquals(
        LayerIndex.of(store, store.add(MediaType.OCI_LAYER, plain)).entries(), index.entries());
  }

  @Test
  void membersOfGzipFollowEachOther() throws Exception {
    var plain = tar(file("a"));
    var both = new ByteArrayOutputStream();
    both.writeBytes(packed(Arrays.copyOf(plain, 700), "gzip"));
    both.writeBytes(packed(Arrays.copyOfRange(plain, 700, plain.length), "gzip"));
    var index = LayerIndex.of(store, store.add(MediaType.OCI_LAYER_GZIP, both.toByteArray()));
    assertEquals(Digest.of(plain), index.diffId());
  }

  @ParameterizedTest
  @CsvSource({"gzip, OCI_LAYER_GZIP", "zstd -q, OCI_LAYER_ZSTD"})
  void truncatedAndContinuedStreamsAreRefused(String program, MediaType type) throws Exception {
    var packed = packed(tar(file("a")), program);
    for (var end : new int[] {packed.length - 1, packed.length - 5, packed.length / 2, 6}) {
      var cut = store.add(type, Arrays.copyOf(packed, end));
      refused(ImageFault.MALFORMED, () -> LayerIndex.of(store, cut));
    }
    for (var more : new int[] {1, 4, 512}) {
      var longer = store.add(type, Arrays.copyOf(packed, packed.length + more));
      refused(ImageFault.MALFORMED, () -> LayerIndex.of(store, longer));
    }
  }

  @ParameterizedTest
  @CsvSource({"gzip, OCI_LAYER_GZIP", "zstd -q, OCI_LAYER_ZSTD"})
  void bombsAreRefused(String program, MediaType type) throws Exception {
    var layer = store.add(type, packed(new byte[4 << 20], program));
    for (var limits :
        List.of(
            new DecompressionLimits(1 << 20, 1 << 30, 1000),
            new DecompressionLimits(1 << 30, 1 << 20, 10))) {
      refused(
          ImageFault.TOO_LARGE,
          () -> {
            try (var in = LayerStream.open(store, layer, limits)) {
              in.next((_, _, _) -> {});
            }
          });
    }
  }

  @Test
  void aFileLargerThanTheLayerIsRefused() throws Exception {
    var out = new ByteArrayOutputStream();
    new TarWriter(out).put(new TarEntry("big", new TarKind.File(1L << 40), PLAIN));
    var layer = store.add(MediaType.OCI_LAYER, out.toByteArray());
    refused(ImageFault.MALFORMED, () -> LayerIndex.of(store, layer));
  }

  @Test
  void contentThatIsNotThatOfTheDigestIsRefused() throws Exception {
    var right = tar(file("a"));
    var wrong = Descriptor.of(MediaType.OCI_LAYER, Digest.of(right), right.length);
    var changed = right.clone();
    changed[600] = 1;
    var lying =
        new MemoryStoreOf(new VerifiedStream(new ByteArrayInputStream(changed), wrong, "here"));
    refused(ImageFault.WRONG_CONTENT, () -> LayerIndex.of(lying, wrong));
  }

  /// A source that gives one stream for everything.
  private record MemoryStoreOf(VerifiedStream stream) implements BlobSource {
    @Override
    public VerifiedStream open(Descriptor blob) {
      return stream;
    }

    @Override
    public RawManifest manifest(ManifestReference reference) throws IOException {
      throw new IOException("none");
    }

    @Override
    public String place() {
      return "here";
    }

    @Override
    public void close() {}
  }

  private static LayerFile text(String path, String content, FileAttributes attributes) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path,
        new LayerFile.Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        attributes);
  }

  private static LayerFile other(String path, LayerNode node) {
    return new LayerFile(path, new LayerFile.Content.Other(node), PLAIN);
  }

  private static List<LayerFile> newFiles() {
    var capability =
        new FileAttributes(
            0755,
            Owner.of(7, 8),
            0,
            Map.of("security.capability", "0100000200040000000000000000000000000000"));
    return List.of(
        text("/z/file", "content", capability),
        other("/a-hard", new LayerNode.HardLink("/z/file")),
        other("/z", new LayerNode.Directory()),
        other("/zz", new LayerNode.SymbolicLink("z/file")),
        text("/größe", "x", PLAIN),
        other("/gone", new LayerNode.Whiteout()),
        other("/z", new LayerNode.OpaqueWhiteout()),
        text("/" + "l".repeat(200) + "/" + "n".repeat(200), "long", PLAIN));
  }

  @Test
  void whatIsWrittenIsReadWithTheFirstHardLinkAsTheFile() throws Exception {
    var written = LayerWriter.write(newFiles(), store, MediaType.OCI_LAYER_GZIP);
    var index = LayerIndex.of(store, written.blob());
    assertEquals(written.diffId(), index.diffId());
    assertEquals(
        List.of(
            "/gone",
            "/a-hard",
            "/größe",
            "/" + "l".repeat(200) + "/" + "n".repeat(200),
            "/z",
            "/z",
            "/z/file",
            "/zz"),
        index.entries().stream().map(LayerEntry::path).toList());
    assertEquals(new LayerNode.HardLink("/a-hard"), index.entries().get(6).node());
    assertEquals(
        "0100000200040000000000000000000000000000",
        index.entries().get(1).attributes().xattrs().get("security.capability"));
  }

  @Test
  void sameFilesGiveTheSameBytesInAnyOrderAndLocale() throws Exception {
    var one = LayerWriter.write(newFiles(), store, MediaType.OCI_LAYER_GZIP);
    var locale = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      var reversed = new ArrayList<>(newFiles());
      Collections.reverse(reversed);
      assertEquals(one, LayerWriter.write(reversed, store, MediaType.OCI_LAYER_GZIP));
    } finally {
      Locale.setDefault(locale);
    }
    // The bytes of every machine: a change here changes the digests of all images.
    assertEquals(
        "sha256:0506fc8285d4bfd8f7d0bc724d24476b8dd5cfef127407835c80fa21c174fbb6",
        one.diffId().toString());
  }

  @Test
  void aFileThatGrowsOrShrinksIsNotWritten() {
    for (var size : new long[] {2, 4}) {
      var file =
          new LayerFile(
              "/f",
              new LayerFile.Content.Bytes(size, () -> new ByteArrayInputStream(new byte[3])),
              PLAIN);
      assertThrows(
          IOException.class, () -> LayerWriter.write(List.of(file), store, MediaType.OCI_LAYER));
    }
  }

  @Test
  void indexesAreCachedCheckedAndBounded() throws Exception {
    var blob = store.add(MediaType.OCI_LAYER, tar(file("a"), folder("d"), link("l", "a")));
    var cache = new LayerIndexCache(directory.resolve("cache"), 1 << 20, InstantSource.system());
    var index = cache.index(store, blob);
    var cached = directory.resolve("cache/sha256-" + blob.digest().hex() + ".layer-index");
    // The store has nothing: only the cache can answer.
    assertEquals(index, cache.index(new MemoryStore(), blob));
    var bytes = Files.readAllBytes(cached);
    bytes[bytes.length / 2] ^= 1;
    Files.write(cached, bytes);
    refused(ImageFault.NOT_FOUND, () -> cache.index(new MemoryStore(), blob));
    assertEquals(index, cache.index(store, blob));
    var small =
        new LayerIndexCache(directory.resolve("cache"), bytes.length + 10, InstantSource.system());
    small.index(store, store.add(MediaType.OCI_LAYER, tar(file("b"))));
    assertTrue(Files.notExists(cached));
  }

  @Test
  void everyKindOfEntrySurvivesTheCache() throws Exception {
    var written = LayerWriter.write(newFiles(), store, MediaType.OCI_LAYER_GZIP);
    var index = LayerIndex.of(store, written.blob());
    assertEquals(
        index, LayerIndexFile.read(LayerIndexFile.write(index), index.blob()).orElseThrow());
    assertArrayEquals(LayerIndexFile.write(index), LayerIndexFile.write(index));
  }

  @Test
  void filesAreReadOutOfTheirLayers() throws Exception {
    var layers =
        List.of(
            store.add(MediaType.OCI_LAYER, tar(file("a"), file("d/b"), file("a"))),
            store.add(MediaType.OCI_LAYER, tar(file(".wh.no"), file("c"), hard("h", "a"))));
    var cache = new LayerIndexCache(directory.resolve("cache"), 1 << 20, InstantSource.system());
    var tree = ImageTree.of(LayerIndexing.read(store, layers, cache, TransferListener.NONE));
    var c = tree.find("/c").orElseThrow().file();
    var h = tree.find("/h").orElseThrow().file();
    var contents = TreeContents.read(store, layers, List.of(c, h), 2);
    assertEquals("c", new String(contents.getOrDefault(c, new byte[0]), UTF_8));
    assertEquals("a", new String(contents.getOrDefault(h, new byte[0]), UTF_8));
    refused(ImageFault.TOO_LARGE, () -> TreeContents.read(store, layers, List.of(c, h), 1));
  }

  @Test
  void aLayerThatCannotBeReadEndsTheOthers() throws Exception {
    var good = store.add(MediaType.OCI_LAYER, tar(file("a")));
    var bad = store.add(MediaType.OCI_LAYER, tar(file("../a")));
    var cache = new LayerIndexCache(directory.resolve("cache"), 1 << 20, InstantSource.system());
    refused(
        ImageFault.ESCAPES,
        () ->
            LayerIndexing.read(
                store, List.of(good, bad, good, good), cache, TransferListener.NONE));
  }

  @Test
  void filesOnDiskGiveTheSameLayerForEveryUmask() throws Exception {
    var digests = new ArrayList<Digest>();
    for (var umask : List.of("022", "077", "002")) {
      Tools.shell(
          directory,
          "umask %1$s; mkdir -p t%1$s/d; echo x > t%1$s/d/f; echo y > t%1$s/run; chmod u+x t%1$s/run; ln -s d/f t%1$s/l"
              .formatted(umask));
      var files = DiskFiles.normalised(directory.resolve("t" + umask), "/app");
      digests.add(LayerWriter.write(files, store, MediaType.OCI_LAYER_GZIP).diffId());
    }
    assertEquals(1, digests.stream().distinct().count());
  }

  @Test
  void filesOnDiskKeepModesAndHardLinks() throws Exception {
    Tools.shell(directory, "mkdir t; echo x > t/f; ln t/f t/g; chmod 4711 t/f; mkdir -m 1777 t/d");
    var files = DiskFiles.exact(directory.resolve("t"), "/");
    var index = LayerIndex.of(store, LayerWriter.write(files, store, MediaType.OCI_LAYER).blob());
    assertEquals(
        List.of("/d", "/f", "/g"), index.entries().stream().map(LayerEntry::path).toList());
    assertEquals(01777, index.entries().get(0).attributes().mode());
    assertEquals(04711, index.entries().get(1).attributes().mode());
    assertEquals(new LayerNode.HardLink("/f"), index.entries().get(2).node());
  }
}
