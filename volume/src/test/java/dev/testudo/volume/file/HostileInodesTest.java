package dev.testudo.volume.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.store.Changes;
import dev.testudo.volume.store.MemoryStore;
import java.io.IOException;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Inodes that the author of a volume made up: whoever uses them gets an error, and nothing
/// changes.
class HostileInodesTest {
  private final MemoryStore store = new MemoryStore(4096, 1000);
  private FileSystem files;
  private long directory;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.open(store, InstantSource.system(), FileOwner.ROOT);
    directory = create(KnownInode.ROOT, "directory", Inode.DIRECTORY);
    create(directory, "below", Inode.DIRECTORY);
  }

  private long create(long above, String name, int type) throws IOException {
    return files.create(above, name.getBytes(UTF_8), type | 0755, FileOwner.ROOT).number();
  }

  private void replace(Inode inode) {
    store.apply(new Changes().put(FileKeys.inode(directory), inode.write()));
  }

  private Inode inode() throws IOException {
    return files.attributes(directory).inode();
  }

  private void assertDamaged(Executable operation) throws IOException {
    var before = inode();
    var damage = assertThrows(VolumeException.class, operation);
    assertEquals(VolumeException.Kind.DAMAGED, damage.kind());
    assertEquals(before, inode());
  }

  @Test
  void aDirectoryWithoutAPlaceForAnotherName() throws IOException {
    for (long size : new long[] {Long.MAX_VALUE, 0, 2}) {
      replace(inode().withSize(size));
      assertDamaged(() -> create(directory, "file", Inode.FILE));
    }
  }
}
