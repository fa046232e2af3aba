package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkCipher;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.MountKeys;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.format.VolumeHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Writable volumes whose author had the key and was malicious: everything that is verified is
/// valid, and says what the fuzzer wants. Reading and changing them ends with a result or with an
/// `IOException`, and takes bounded time and memory.
public final class AuthoredVolume {
  private static final int CHUNK = 4096;
  private static final int MOST_ENTRIES = 10_000;
  private static final VolumeShape SHAPE = new VolumeShape(Suite.AES_256_GCM, CHUNK);
  private static final VolumeHeader HEADER =
      new VolumeHeader(
          VolumeHeader.Form.WRITABLE, SHAPE.suite(), CHUNK, new byte[VolumeHeader.ID_BYTES]);
  private static final byte[] MOUNT = new byte[FileHead.MOUNT_BYTES];
  private static final byte[] SALT = new byte[FileHead.SALT_BYTES];
  private static final StoreTuning TUNING =
      new StoreTuning(16 * CHUNK, 64 << 10, 64 << 10, 64 << 10, false, ChunkCipher.Ledger.NONE);

  private AuthoredVolume() {}

  private static Secret key() {
    return Secret.taking(new byte[32]);
  }

  /// A journal that has these bytes after its head.
  public static void journal(byte[] records) throws IOException {
    use(node(new byte[CHUNK]).segment, records);
  }

  /// A checkpoint with this body.
  public static void checkpoint(byte[] body) throws IOException {
    var leaf = node(emptyLeaf());
    use(leaf.segment, records(List.of(new Text(RecordKind.CHECKPOINT, body))));
  }

  /// A commit with this body, after the checkpoint of an empty tree.
  public static void commit(byte[] body) throws IOException {
    var leaf = node(emptyLeaf());
    use(
        leaf.segment,
        records(
            List.of(
                new Text(RecordKind.CHECKPOINT, checkpoint(leaf, 0)),
                new Text(RecordKind.COMMIT, body))));
  }

  /// A tree whose root has these bytes.
  ///
  /// @param height the level of the root
  public static void node(byte[] bytes, int height) throws IOException {
    var root = node(Arrays.copyOf(bytes, CHUNK));
    var body = checkpoint(root, height);
    use(root.segment, records(List.of(new Text(RecordKind.CHECKPOINT, body))));
  }

  /// A segment whose slot 1 has a node.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Node(byte[] segment, SlotPointer pointer) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Text(RecordKind kind, byte[] body) {}

  private static byte[] emptyLeaf() {
    var leaf = new byte[CHUNK];
    new IndexNode(0).encode(leaf, SHAPE.suite());
    return leaf;
  }

  private static Node node(byte[] text) {
    try (var keys = new MountKeys(key(), HEADER, SALT, ChunkCipher.Ledger.NONE)) {
      var sealed = new byte[MountKeys.bufferBytes(CHUNK)];
      var proof = keys.seal(ChunkKind.NODE, new byte[12], text, 0, sealed);
      var segment = new byte[3 * CHUNK];
      System.arraycopy(sealed, 0, segment, CHUNK, CHUNK);
      return new Node(segment, new SlotPointer(0, 1, proof));
    }
  }

  private static byte[] checkpoint(Node root, int height) {
    var mount = new CheckpointBody.Mount(MOUNT, SALT, 0);
    var segment = new CheckpointBody.Segment(0, 0, 0, 3, 1);
    return new CheckpointBody(height, root.pointer, 1, List.of(mount), List.of(segment))
        .write(HEADER);
  }

  private static byte[] records(List<Text> records) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var codec = new RecordCodec(key(), HEADER, SALT, ChunkCipher.Ledger.NONE)) {
      var before = VolumePosition.NONE;
      for (var record : records) {
        var sealed = codec.seal(record.kind, before, 0, record.body);
        bytes.write(sealed.bytes());
        before = sealed.position();
      }
    }
    return bytes.toByteArray();
  }

  private static MapBacking files(byte[] segment, byte[] records) {
    var files = new MapBacking();
    var head = new FileHead(FileHead.Type.JOURNAL, HEADER.id(), MOUNT, SALT, 0);
    var journal = new JournalHead(head, VolumePosition.NONE).write();
    var whole = Arrays.copyOf(journal, journal.length + records.length);
    System.arraycopy(records, 0, whole, journal.length, records.length);
    files.put(VolumeHeader.FILE, HEADER.write(key()));
    files.put(head.name(), whole);
    files.put(FileHead.Type.SEGMENT.name(MOUNT, 0), segment);
    return files;
  }

  private static void use(byte[] segment, byte[] records) throws IOException {
    try (var volume =
        ReadableVolume.open(
            files(segment, records), key(), new Expected.Newest(), DamageListener.NONE)) {
      volume.check(new Reader(volume));
    } catch (VolumeException _) {
      // That is the answer to a hostile volume.
    }
    change(files(segment, records));
  }

  private static void change(MapBacking files) throws IOException {
    WritableVolume volume;
    try {
      volume =
          WritableVolume.open(
              files, key(), new Expected.Newest(), SHAPE, VolumeOptions.USUAL.with(TUNING));
    } catch (VolumeException _) {
      return;
    }
    try {
      for (long inode = 1; inode < 4; inode++) {
        volume.apply(
            new Changes()
                .put(TreeKey.name(inode, new byte[] {1, 2}), new byte[1000])
                .delete(TreeKey.of(inode, TreeKey.Kind.INODE))
                .chunk(inode, 5, volume.write(new byte[CHUNK], 0))
                .dropChunks(inode, 0, Long.MAX_VALUE));
        volume.nextChunk(inode, 0, Long.MAX_VALUE);
        volume.chunks(inode);
      }
      volume.compact();
      volume.close();
    } catch (IOException _) {
      volume.abandon(); // that is the answer to a hostile volume
    }
  }

  /// Reads what a check finds, in all ways.
  private record Reader(ReadableVolume volume) implements ReadableVolume.CheckListener {
    @Override
    public void entry(TreeKey key, byte[] value) throws IOException {
      try {
        volume.get(key);
        volume.chunks(key.inode());
      } catch (VolumeException _) {
        // That is the answer to a hostile volume.
      }
    }

    @Override
    public void chunk(long inode, long number) {
      // It was verified.
    }

    @Override
    public void damagedChunk(long inode, long number, VolumeException why) {
      // That is the answer to a hostile volume.
    }

    @Override
    public void damagedEntries(byte[] from, Optional<byte[]> to, VolumeException why)
        throws IOException {
      byte[] next = {};
      int count = 0;
      try {
        for (var entry = volume.next(next, new byte[] {-1});
            entry.isPresent();
            entry = volume.next(next, new byte[] {-1})) {
          next = Arrays.copyOf(entry.get().key(), entry.get().key().length + 1);
          if (++count > MOST_ENTRIES) {
            throw new AssertionError("the tree has no end");
          }
        }
      } catch (VolumeException _) {
        // That is the answer to a hostile volume.
      }
    }
  }
}
