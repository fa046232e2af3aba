package dev.testudo.volume.sealed;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.format.ChunkCipher;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.MountKeys;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.VolumeHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Volumes whose author had the key and was malicious: everything that is verified is valid, and
/// says what the fuzzer wants.
public final class ResealedVolume {
  private static final int CHUNK = VolumeHeader.CHUNK_SIZE;
  private static final byte[] SALT = new byte[FileHead.SALT_BYTES];
  private static final byte[] MOUNT = new byte[FileHead.MOUNT_BYTES];

  private final Path directory;
  private final VolumeHeader header;

  /// @param directory where volumes are written, one after the other
  public ResealedVolume(Path directory, Suite suite) {
    this.directory = directory;
    this.header =
        new VolumeHeader(VolumeHeader.Form.SEALED, suite, CHUNK, new byte[VolumeHeader.ID_BYTES]);
  }

  private static Secret key() {
    return Secret.taking(new byte[Derived.KEY_BYTES]);
  }

  /// Reads a volume whose header is `bytes`.
  public void readHeader(byte[] bytes) throws IOException {
    Files.write(directory.resolve(VolumeHeader.FILE), bytes);
    read();
  }

  /// Reads a volume whose journal is `bytes`, after its head.
  public void readJournal(byte[] bytes) throws IOException {
    var file = new ByteArrayOutputStream();
    file.write(journal().write());
    file.write(bytes);
    write(file.toByteArray());
    read();
  }

  /// Reads a volume whose checkpoint is `bytes`.
  public void readCheckpoint(byte[] bytes) throws IOException {
    var record =
        JournalRecord.write(journal(), header.suite(), key(), ChunkCipher.Ledger.NONE, bytes);
    write(record.body());
    read();
  }

  /// Reads a volume whose tree has one leaf.
  ///
  /// @param inodes how many inodes the checkpoint says that there are
  /// @param content how many bytes the checkpoint says that all files have
  public void readLeaf(byte[] bytes, long inodes, long content) throws IOException {
    try (var keys = new MountKeys(key(), header, SALT, ChunkCipher.Ledger.NONE);
        var segments = new SegmentWriter(VolumeSink.into(emptied()), header, MOUNT, SALT, keys)) {
      var root = segments.write(ChunkKind.NODE, Arrays.copyOf(bytes, CHUNK));
      segments.finish();
      var body =
          new Checkpoint(header, MOUNT, SALT, 0, root, inodes, content, segments.slots()).write();
      readCheckpoint(body);
    }
  }

  private Path emptied() throws IOException {
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    return directory;
  }

  private FileHead journal() {
    return new FileHead(FileHead.Type.JOURNAL, header.id(), MOUNT, SALT, 0);
  }

  private void write(byte[] journal) throws IOException {
    Files.write(directory.resolve(VolumeHeader.FILE), header.write(key()));
    Files.write(directory.resolve(journal().name()), journal);
  }

  private void read() throws IOException {
    try (var volume = ReadOnlyVolume.open(directory, key(), Optional.empty())) {
      for (var entry : volume.entries()) {
        if (!entry.path().startsWith("/") || List.of(entry.path().split("/")).contains("..")) {
          throw new AssertionError("a path leads out of the volume: " + entry.path());
        }
        if (entry instanceof VolumeEntry.RegularFile file) {
          read(file);
        }
      }
    } catch (VolumeException e) {
      // That is the answer to a damaged or hostile volume.
    }
  }

  private static void read(VolumeEntry.RegularFile file) throws IOException {
    try (var in = file.content().open()) {
      if (in.readAllBytes().length != file.size()) {
        throw new AssertionError("a file has another size than its inode says");
      }
    }
  }
}
