package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.store.ReadableVolume;
import java.io.IOException;
import java.util.Optional;

/// Finds the names in a directory of which a part is damaged. It reads the tree of the whole
/// volume: only that goes on behind a damaged node.
public final class SalvagedNames {
  private SalvagedNames() {}

  /// Calls `visitor` with each name that can be read, some of them twice.
  public static void visit(ReadableVolume volume, long directory, DirectoryVisitor visitor)
      throws IOException {
    volume.checkEntries(new Found(directory, visitor));
  }

  /// Each name is stored twice: by its text, and by its place in the order.
  private record Found(long directory, DirectoryVisitor visitor)
      implements ReadableVolume.CheckListener {
    @Override
    public void entry(TreeKey key, byte[] value) throws IOException {
      if (key.inode() != directory) {
        return;
      }
      try {
        if (key.kind() == TreeKey.Kind.NAME && isName(key.rest())) {
          var entry = Entry.read(directory, value);
          visitor.entry(key.rest(), entry.number(), 0, entry.cookie());
        } else if (key.kind() == TreeKey.Kind.COOKIE) {
          var listed = Entry.Listed.read(directory, value);
          visitor.entry(listed.name(), listed.number(), listed.type(), 0);
        }
      } catch (VolumeException _) {
        // It is no name.
      }
    }

    private static boolean isName(byte[] name) {
      try {
        Entry.requireName(name);
        return true;
      } catch (FileError _) {
        return false;
      }
    }

    @Override
    public void chunk(long inode, long number) {
      // Chunks are not read.
    }

    @Override
    public void damagedChunk(long inode, long number, VolumeException why) {
      // Chunks are not read.
    }

    @Override
    public void damagedEntries(byte[] from, Optional<byte[]> to, VolumeException why) {
      // They are why this class is used.
    }
  }
}
