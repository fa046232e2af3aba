package dev.testudo.image.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.Tools;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutStoreTest {
  private static final String NAME = "localhost/test:1";

  @TempDir Path directory;

  private static void refused(ImageFault fault, Executable reads) {
    assertEquals(fault, assertThrows(ImageException.class, reads).fault());
  }

  private ImageParts sample(BlobSink sink, String tag, String content) throws IOException {
    return SampleImage.write(sink, tag, content);
  }

  private static ImageParts read(BlobSource source, String tag) throws IOException {
    return ImageParts.read(source, new ByTag(tag), Platform.linux("amd64"));
  }

  private ImageLocation.Local location(String kind) {
    return (ImageLocation.Local)
        ((ImageLocation.Reading.Read) ImageLocation.read(kind + ":image", directory)).location();
  }

  private BlobSink sink(String kind) throws IOException {
    var path = directory.resolve("image");
    return switch (kind) {
      case "oci" -> LayoutSink.open(path);
      case "oci-archive" -> OciArchiveSink.create(path);
      default -> DockerArchiveSink.create(path);
    };
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"oci", "oci-archive", "docker-archive"})
  void whatIsWrittenIsRead(String kind) throws Exception {
    ImageParts written;
    try (var sink = sink(kind)) {
      written = sample(sink, NAME, "content");
    }
    try (var source = LocalSource.open(location(kind))) {
      var found = ImageParts.read(source, source.find(Optional.empty()), Platform.linux("amd64"));
      assertEquals(written.config(), found.config());
      assertEquals(found, read(source, NAME));
      if (!kind.equals("docker-archive")) {
        assertEquals(written, found);
      }
    }
    assertEquals(List.of("image"), names());
  }

  @ParameterizedTest
  @CsvSource({"oci", "oci-archive", "docker-archive"})
  void theSameImageGivesTheSameBytes(String kind) throws Exception {
    var bytes = new ArrayList<byte[]>();
    for (var i = 0; i < 2; i++) {
      try (var sink = sink(kind)) {
        sample(sink, NAME, "content");
      }
      var file = kind.equals("oci") ? "image/index.json" : "image";
      bytes.add(Files.readAllBytes(directory.resolve(file)));
    }
    assertArrayEquals(bytes.get(0), bytes.get(1));
  }

  @ParameterizedTest
  @CsvSource({"oci-archive", "docker-archive"})
  void anArchiveThatIsNotFinishedDoesNotAppear(String kind) throws Exception {
    try (var sink = sink(kind)) {
      try (var blob = sink.begin(MediaType.OCI_LAYER)) {
        blob.write(1);
      }
      assertTrue(Files.notExists(directory.resolve("image")));
    }
    assertEquals(List.of(), names());
  }

  @Test
  void wrongContentIsNotStored() throws Exception {
    var blob = Descriptor.of(MediaType.OCI_LAYER, "right".getBytes(UTF_8));
    for (var kind : List.of("oci", "oci-archive", "docker-archive")) {
      try (var sink = sink(kind)) {
        refused(
            ImageFault.WRONG_CONTENT,
            () -> sink.put(blob, () -> new ByteArrayInputStream("wrong".getBytes(UTF_8))));
        assertTrue(!sink.has(blob), kind);
      }
      Tools.shell(directory, "rm -rf image");
    }
  }

  @Test
  void aChangedBlobIsNotRead() throws Exception {
    ImageParts written;
    try (var sink = sink("oci")) {
      written = sample(sink, NAME, "content");
    }
    var layer = written.manifest().layers().getFirst();
    var file = directory.resolve("image").resolve(Layouts.blob(layer.digest()));
    var bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);
    var config =
        directory.resolve("image").resolve(Layouts.blob(written.manifest().config().digest()));
    try (var source = LayoutSource.directory(directory.resolve("image"))) {
      refused(ImageFault.WRONG_CONTENT, () -> source.read(layer, 1 << 20));
      Files.write(config, new byte[0]);
      refused(ImageFault.WRONG_CONTENT, () -> read(source, NAME));
      Files.delete(config);
      refused(ImageFault.NOT_FOUND, () -> read(source, NAME));
    }
  }

  @Test
  void twoWritersLoseNothing() throws Exception {
    var path = directory.resolve("image");
    var writers = new ArrayList<Callable<ImageParts>>();
    for (var i = 0; i < 8; i++) {
      var tag = "t" + i;
      writers.add(
          () -> {
            try (var sink = LayoutSink.open(path)) {
              return sample(sink, tag, "content of " + tag);
            }
          });
    }
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (var result : threads.invokeAll(writers, 60, TimeUnit.SECONDS)) {
        result.get();
      }
    }
    try (var source = LayoutSource.directory(path)) {
      assertEquals(8, source.list().size());
      for (var i = 0; i < 8; i++) {
        read(source, "t" + i);
      }
    }
  }

  @Test
  void writersThatOpenNewDirectoriesAtOnceAllGetThem() throws Exception {
    var path = directory.resolve("image");
    var start = new CyclicBarrier(8);
    Callable<Void> opening =
        () -> {
          start.await();
          for (var i = 0; i < 100; i++) {
            LayoutSink.open(path.resolve(String.valueOf(i))).close();
          }
          return null;
        };
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var result : threads.invokeAll(Collections.nCopies(8, opening), 60, TimeUnit.SECONDS)) {
        result.get();
      }
    }
    try (var source = LayoutSource.directory(path.resolve("0"))) {
      assertTrue(source.list().isEmpty());
    }
  }

  @Test
  void whatAKilledWriterLeftIsRemoved() throws Exception {
    var path = directory.resolve("image");
    LayoutSink.open(path).close();
    var left = path.resolve(".testudo-0.tmp");
    Files.write(left, new byte[10]);
    try (var live = AtomicFile.in(path)) {
      LayoutSink.open(path).close();
      assertTrue(Files.notExists(left));
      live.output().write(1);
      live.commit(path.resolve("live"));
    }
    assertTrue(Files.exists(path.resolve("live")));
  }

  @Test
  void aTagMovesAndTheOthersStay() throws Exception {
    try (var sink = sink("oci")) {
      sample(sink, "a", "1");
      sample(sink, "b", "2");
      var moved = sample(sink, "a", "3");
      try (var source = LayoutSource.directory(directory.resolve("image"))) {
        assertEquals(2, source.list().size());
        assertEquals(moved, read(source, "a"));
        refused(ImageFault.NOT_FOUND, () -> source.find(Optional.empty()));
        refused(ImageFault.NOT_FOUND, () -> source.find(Optional.of("c")));
      }
    }
  }

  @Test
  void anotherDirectoryIsNotMadeALayout() throws Exception {
    Files.write(Files.createDirectory(directory.resolve("image")).resolve("photo"), new byte[1]);
    refused(ImageFault.UNSUPPORTED, () -> LayoutSink.open(directory.resolve("image")));
    refused(ImageFault.NOT_FOUND, () -> LayoutSource.directory(directory.resolve("image")));
    assertEquals(List.of("image"), names());
  }

  @ParameterizedTest
  @CsvSource({
    "{}, MALFORMED",
    "'{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}', MALFORMED",
    "'{\"schemaVersion\":1,\"manifests\":[]}', MALFORMED",
    "'{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"size\":-1,\"digest\":\"sha256:00\"}]}', MALFORMED",
    "'[]', MALFORMED",
    "'', MALFORMED"
  })
  void aBrokenIndexIsRefused(String index, ImageFault fault) throws Exception {
    LayoutSink.open(directory.resolve("image")).close();
    Files.writeString(directory.resolve("image/index.json"), index);
    refused(fault, () -> LayoutSource.directory(directory.resolve("image")));
  }

  @Test
  void aHugeIndexIsRefusedUnread() throws Exception {
    LayoutSink.open(directory.resolve("image")).close();
    try (var file = new RandomAccessFile(directory.resolve("image/index.json").toFile(), "rw")) {
      file.setLength(8L << 30);
    }
    refused(ImageFault.TOO_LARGE, () -> LayoutSource.directory(directory.resolve("image")));
  }

  @Test
  void aTruncatedArchiveIsRefused() throws Exception {
    try (var sink = sink("oci-archive")) {
      sample(sink, NAME, "content");
    }
    var file = directory.resolve("image");
    var bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2 + 7));
    refused(ImageFault.MALFORMED, () -> LayoutSource.archive(file));
  }

  @ParameterizedTest
  @CsvSource({
    "oci:dir, oci:/base/dir",
    "oci:/dir:tag, oci:/dir:tag",
    "oci-archive:a.tar:1.0, oci-archive:/base/a.tar:1.0",
    "docker-archive:a.tar:redis:7, docker-archive:/base/a.tar:redis:7",
    "docker://redis, docker.io/library/redis:latest",
    "quay.io/a/b, quay.io/a/b:latest"
  })
  void locationsAreThoseOfOtherTools(String text, String full) {
    var read = (ImageLocation.Reading.Read) ImageLocation.read(text, Path.of("/base"));
    assertEquals(full, read.location().toString());
  }

  @ParameterizedTest
  @CsvSource({"oci:, 4", "oci:a:, 6", "docker-archive:a:B, 17", "docker://Redis, 9", "a.b/C, 4"})
  void mistakesInLocationsAreLocated(String text, int at) {
    var mistake = (ImageLocation.Reading.Mistake) ImageLocation.read(text, Path.of("/base"));
    assertEquals(at, mistake.at(), mistake.message());
  }
}
