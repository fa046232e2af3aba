package dev.testudo.cli.volume;

import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarWriter;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.file.FileError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Writes a part of a volume as a tar archive. Nothing that fails a check gets into the archive: a
/// file is verified as a whole before its entry begins.
public final class VolumeArchive {
  /// A file up to this size is read once, others twice.
  private static final int PIECE = 1 << 20;

  /// Directories of a hostile author can be nested without end.
  private static final int LONGEST_PATH = 64 << 10;

  private final VolumeContent volume;
  private final TarWriter tar;
  private final Consumer<String> damaged;
  private final Consumer<String> leftOut;
  private final byte[] piece = new byte[PIECE];
  private final Map<Long, String> written = new HashMap<>();
  private final Set<Long> directories = new HashSet<>();
  private final Deque<Found> found = new ArrayDeque<>();

  private record Found(String path, long number) {}

  /// @param damaged gets a line about each file that is damaged, and is not in the archive
  /// @param leftOut gets a line about what an archive cannot have
  public VolumeArchive(
      VolumeContent volume, OutputStream out, Consumer<String> damaged, Consumer<String> leftOut) {
    this.volume = volume;
    this.tar = new TarWriter(out);
    this.damaged = damaged;
    this.leftOut = leftOut;
  }

  /// Writes everything in a directory, or another file.
  ///
  /// @param name the name of what is no directory
  public void write(VolumeNode start, String name) throws IOException {
    if (start.isDirectory()) {
      directories.add(start.number());
      enter(start, "");
    } else {
      found.push(new Found(name, start.number()));
    }
    while (!found.isEmpty()) {
      var next = found.pop();
      try {
        add(next);
      } catch (VolumeException | FileError e) {
        damaged.accept("%s: %s".formatted(next.path, e.getMessage()));
      }
    }
    tar.finish();
  }

  /// Names come in the order of the directory.
  private void enter(VolumeNode directory, String prefix) throws IOException {
    var names = volume.names(directory);
    if (names.damage().isPresent()) {
      damaged.accept(
          "%s: names in this directory may be missing: %s"
              .formatted(prefix.isEmpty() ? "/" : prefix, names.damage().get()));
    }
    for (var name : names.names().reversed()) {
      found.push(new Found(prefix + name.text(), name.number()));
    }
  }

  private void add(Found next) throws IOException {
    var node = volume.node(next.number);
    var path = next.path;
    if (node.isDirectory()) {
      if (path.length() > LONGEST_PATH || !directories.add(node.number())) {
        throw VolumeException.damaged("inode " + node.number(), "the directory is in itself");
      }
      put(path, new TarKind.Directory(), node);
      enter(node, path + "/");
    } else if (written.containsKey(node.number())) {
      put(path, new TarKind.HardLink(written.get(node.number())), node);
    } else if (node.isSocket()) {
      leftOut.accept("%s: an archive cannot have a socket".formatted(path));
    } else {
      addOther(path, node);
    }
  }

  private void addOther(String path, VolumeNode node) throws IOException {
    if (node.isFile()) {
      addFile(path, node);
    } else if (node.isLink()) {
      put(path, new TarKind.SymbolicLink(volume.target(node)), node);
    } else {
      put(path, new TarKind.Fifo(), node);
    }
    if (node.links() > 1) {
      written.put(node.number(), path);
    }
  }

  private void addFile(String path, VolumeNode node) throws IOException {
    var kind = new TarKind.File(node.size());
    if (node.size() <= PIECE) {
      try (var in = volume.open(node)) {
        requireSize(in.readNBytes(piece, 0, PIECE), node);
      }
      put(path, kind, node);
      tar.write(piece, 0, (int) node.size());
      return;
    }
    copy(node, Optional.empty());
    put(path, kind, node);
    try {
      copy(node, Optional.of(tar));
    } catch (VolumeException e) {
      throw new IOException("the volume changed while it was read: " + e.getMessage(), e);
    }
  }

  private void copy(VolumeNode node, Optional<TarWriter> to) throws IOException {
    long bytes = 0;
    try (var in = volume.open(node)) {
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        bytes += count;
        if (to.isPresent()) {
          to.get().write(piece, 0, count);
        }
      }
    }
    requireSize(bytes, node);
  }

  private static void requireSize(long bytes, VolumeNode node) throws VolumeException {
    if (bytes != node.size()) {
      throw VolumeException.damaged(
          "inode " + node.number(), "%d bytes instead of %d".formatted(bytes, node.size()));
    }
  }

  private void put(String path, TarKind kind, VolumeNode node) throws IOException {
    var attributes =
        kind instanceof TarKind.HardLink ? Map.<String, String>of() : attributes(path, node);
    tar.put(
        new TarEntry(
            path,
            kind,
            new FileAttributes(node.permissions(), node.owner(), node.modified(), attributes)));
  }

  /// Returns the attributes that an archive can have: the first `=` of a record ends the name.
  private Map<String, String> attributes(String path, VolumeNode node) throws IOException {
    var all = volume.attributes(node);
    var kept = new TreeMap<String, String>();
    all.forEach(
        (name, value) -> {
          if (name.indexOf('=') < 0
              && name.indexOf('\0') < 0
              && StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            kept.put(name, value);
          }
        });
    if (kept.size() < all.size()) {
      leftOut.accept(
          "%s: extended attributes whose names have `=` or NUL, or are not UTF-8, are left out"
              .formatted(path));
    }
    return kept;
  }
}
