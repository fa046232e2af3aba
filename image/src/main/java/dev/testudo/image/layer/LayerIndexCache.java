package dev.testudo.image.layer;

import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;

/// A directory with the indexes of layers, by the digest of the layer, so that a layer is read only
/// once. A damaged file is made again, a full disk only means that nothing is cached, and the
/// longest unused files go when there are too many. Several processes may use it at once.
public final class LayerIndexCache {
  /// The most bytes of all files together.
  public static final long MAX_BYTES = 256L << 20;

  private static final int MAX_FILE = 128 << 20;
  private static final String SUFFIX = ".layer-index";

  private final Path directory;
  private final long maxBytes;
  private final InstantSource clock;
  private final KeptContents contents;

  /// Uses `directory`, which is created when needed, only for its owner.
  ///
  /// @param maxBytes the most bytes of all files together
  public LayerIndexCache(Path directory, long maxBytes, InstantSource clock) {
    this(directory, maxBytes, clock, KeptContents.NOTHING);
  }

  private LayerIndexCache(
      Path directory, long maxBytes, InstantSource clock, KeptContents contents) {
    this.directory = directory;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.contents = contents;
  }

  /// Returns the same cache, which also keeps content of the layers that it must read.
  public LayerIndexCache keeping(KeptContents more) {
    return new LayerIndexCache(directory, maxBytes, clock, more);
  }

  /// Returns the content that was kept of the layers that had to be read.
  public KeptContents contents() {
    return contents;
  }

  /// Returns the index of a layer, from the cache if it is there.
  ///
  /// @throws IOException if the layer cannot be read, see [LayerIndex#of]
  public LayerIndex index(BlobSource source, Descriptor layer) throws IOException {
    var cached = read(layer.digest());
    if (cached.isPresent()) {
      return cached.get();
    }
    var index = LayerIndex.of(source, layer, contents);
    write(index);
    return index;
  }

  private Path file(Digest blob) {
    return directory.resolve(blob.algorithm().text() + "-" + blob.hex() + SUFFIX);
  }

  private Optional<LayerIndex> read(Digest blob) {
    var file = file(blob);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE) {
        return Optional.empty();
      }
      var index = LayerIndexFile.read(Files.readAllBytes(file), blob);
      if (index.isPresent()) {
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
      }
      return index;
    } catch (IOException e) {
      // Another process may have removed it, and whoever cannot read it makes it again.
      return Optional.empty();
    }
  }

  /// What cannot be cached is only slower.
  private void write(LayerIndex index) {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      var bytes = LayerIndexFile.write(index);
      if (bytes.length > Math.min(MAX_FILE, maxBytes)) {
        return;
      }
      makeRoom(maxBytes - bytes.length);
      var temporary = Files.createTempFile(directory, "new-", SUFFIX);
      try {
        Files.write(temporary, bytes);
        Files.move(temporary, file(index.blob()), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      return;
    }
  }

  private record CachedFile(Path path, FileTime used, long size) {}

  private void makeRoom(long most) throws IOException {
    var files = new ArrayList<CachedFile>();
    try (var stream = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (var path : stream) {
        files.add(new CachedFile(path, Files.getLastModifiedTime(path), Files.size(path)));
      }
    }
    files.sort(Comparator.comparing(CachedFile::used));
    var total = files.stream().mapToLong(CachedFile::size).sum();
    for (var file : files) {
      if (total <= most) {
        return;
      }
      Files.deleteIfExists(file.path());
      total -= file.size();
    }
  }
}
