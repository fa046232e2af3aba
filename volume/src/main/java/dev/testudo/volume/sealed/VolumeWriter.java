package dev.testudo.volume.sealed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.ChunkCipher;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.MountKeys;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Writes read-only volumes. The same entries and the same key always give the same bytes.
public final class VolumeWriter {
  /// The largest content that is in the tree itself.
  static final int LARGEST_INLINE = 1024;

  /// How many pointers are in one entry of the tree, at most.
  static int run(Suite suite) {
    return suite == Suite.AES_256_GCM ? 64 : 32;
  }

  private final EntryTree entries;
  private final ContentHash hashes;
  private final SegmentWriter segments;
  private final TreeWriter tree;
  private final VolumeHeader header;

  private VolumeWriter(
      EntryTree entries, ContentHash hashes, SegmentWriter segments, VolumeHeader header) {
    this.entries = entries;
    this.hashes = hashes;
    this.segments = segments;
    this.header = header;
    this.tree = new TreeWriter(header);
  }

  /// Writes a volume.
  ///
  /// @param entries files, directories and links, in any order. Missing directories on the way to
  ///     them get the mode `0755`. Each file is read twice
  /// @param protection whether everybody who gets the volume may read it
  /// @param key 32 bytes; the caller keeps it
  /// @param sink receives the files of the volume. If this method throws, they are worthless
  /// @return the tag of the volume's state
  /// @throws IOException if a file cannot be read or written, or changes meanwhile
  /// @throws IllegalArgumentException if the entries are not possible or exceed [VolumeLimits]; the
  ///     message says which one and why
  public static VolumeTag write(
      Collection<VolumeEntry> entries, VolumeProtection protection, Secret key, VolumeSink sink)
      throws IOException {
    return write(entries, protection, key, sink, ChunkCipher.Ledger.NONE);
  }

  static VolumeTag write(
      Collection<VolumeEntry> entries,
      VolumeProtection protection,
      Secret key,
      VolumeSink sink,
      ChunkCipher.Ledger ledger)
      throws IOException {
    if (key.length() != Derived.KEY_BYTES) {
      throw new IllegalArgumentException(
          "the key of a volume has %d bytes".formatted(Derived.KEY_BYTES));
    }
    var tree = EntryTree.of(entries);
    var suite = suite(protection);
    var hashes = ContentHash.of(tree, suite, VolumeHeader.CHUNK_SIZE);
    var hash = hashes.digest();
    var id = Derived.seed(key, "id", hash, VolumeHeader.ID_BYTES);
    var header = new VolumeHeader(VolumeHeader.Form.SEALED, suite, VolumeHeader.CHUNK_SIZE, id);
    var mount = Derived.seed(key, "mount", hash, FileHead.MOUNT_BYTES);
    var salt = Derived.seed(key, "salt", hash, FileHead.SALT_BYTES);
    var journal = new FileHead(FileHead.Type.JOURNAL, id, mount, salt, 0);
    try (var keys = new MountKeys(key, header, salt, ledger);
        var segments = new SegmentWriter(sink, header, mount, salt, keys)) {
      var root = new VolumeWriter(tree, hashes, segments, header).writeTree();
      segments.finish();
      var checkpoint =
          new Checkpoint(
              header,
              mount,
              salt,
              root.height(),
              root.pointer(),
              tree.entries().size(),
              tree.bytes(),
              segments.slots());
      return finish(checkpoint, journal, key, sink, ledger);
    }
  }

  private static Suite suite(VolumeProtection protection) {
    return switch (protection) {
      case ENCRYPTED -> Suite.AES_256_GCM;
      case AUTHENTICATED_ONLY -> Suite.HASHES;
    };
  }

  private static VolumeTag finish(
      Checkpoint checkpoint,
      FileHead journal,
      Secret key,
      VolumeSink sink,
      ChunkCipher.Ledger ledger)
      throws IOException {
    var suite = checkpoint.header().suite();
    var written = JournalRecord.write(journal, suite, key, ledger, checkpoint.write());
    put(sink, journal.name(), written.body());
    put(sink, VolumeHeader.FILE, checkpoint.header().write(key));
    return written.tag();
  }

  private static void put(VolumeSink sink, String name, byte[] bytes) throws IOException {
    try (var out = sink.create(name)) {
      out.write(bytes);
    }
  }

  private TreeWriter.Root writeTree() throws IOException {
    Map<String, Long> inodes = new HashMap<>();
    for (var entry : entries.entries()) {
      long inode = inodes.size() + 1L;
      inodes.put(entry.path(), inode);
      if (inode > 1) {
        name(entry, inode, inodes.getOrDefault(EntryTree.above(entry.path()), 0L));
      }
      switch (entry) {
        case VolumeEntry.Directory(_, var mode) ->
            inode(inode, new InodeRecord(InodeRecord.Type.DIRECTORY, mode, 0));
        case VolumeEntry.Link(_, var target) -> link(inode, target.getBytes(UTF_8));
        case VolumeEntry.RegularFile file -> file(inode, file);
      }
    }
    return tree.write(segments);
  }

  private void name(VolumeEntry entry, long inode, long directory) {
    var name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
    var value =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(inode).array();
    tree.put(TreeKey.name(directory, name.getBytes(UTF_8)), value);
  }

  private void inode(long inode, InodeRecord attributes) {
    tree.put(TreeKey.of(inode, TreeKey.Kind.INODE), attributes.write());
  }

  private void link(long inode, byte[] target) {
    inode(inode, new InodeRecord(InodeRecord.Type.LINK, 0777, target.length));
    tree.put(TreeKey.of(inode, TreeKey.Kind.TARGET), target);
  }

  private void file(long inode, VolumeEntry.RegularFile file) throws IOException {
    inode(inode, new InodeRecord(InodeRecord.Type.FILE, file.mode(), file.size()));
    if (file.size() == 0) {
      return;
    }
    try (var in = file.content().open()) {
      if (file.size() <= LARGEST_INLINE) {
        tree.put(TreeKey.of(inode, TreeKey.Kind.INLINE), hashes.sameChunk(in, file, 0));
      } else {
        chunks(inode, file, in);
      }
    }
  }

  private void chunks(long inode, VolumeEntry.RegularFile file, InputStream in) throws IOException {
    int chunkSize = header.chunkSize();
    int most = run(header.suite());
    int count = Math.toIntExact((file.size() + chunkSize - 1) / chunkSize);
    for (var first = 0; first < count; first += most) {
      int length = Math.min(most, count - first);
      var run = new byte[length * header.suite().pointerBytes()];
      var pointers = ByteBuffer.wrap(run).order(ByteOrder.LITTLE_ENDIAN);
      for (var i = 0; i < length; i++) {
        var chunk = Arrays.copyOf(hashes.sameChunk(in, file, first + i), chunkSize);
        segments.write(ChunkKind.DATA, chunk).put(pointers);
        Arrays.fill(chunk, (byte) 0);
      }
      tree.put(TreeKey.run(inode, first), run);
    }
  }
}
