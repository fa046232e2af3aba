package dev.testudo.volume.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.volume.file.FileError.Reason;
import dev.testudo.volume.store.MemoryStore;
import dev.testudo.volume.store.NoSpaceException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// What programs notice of a file system, on a store in memory.
class FileSystemTest {
  private static final int CHUNK = 4096;
  private static final FileOwner OWNER = new FileOwner(1000, 100);

  private final AtomicLong seconds = new AtomicLong(1000);
  private final InstantSource clock = () -> Instant.ofEpochSecond(seconds.get());
  private final MemoryStore store = new MemoryStore(CHUNK, 1 << 14);
  private FileSystem files;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.open(store, clock, OWNER);
  }

  private long file(long directory, String name) throws IOException {
    return files.create(directory, name(name), Inode.FILE | 0644, OWNER).number();
  }

  private long directory(long directory, String name) throws IOException {
    return files.create(directory, name(name), Inode.DIRECTORY | 0755, OWNER).number();
  }

  private static byte[] name(String name) {
    return name.getBytes(UTF_8);
  }

  private void write(long number, long offset, byte[] content) throws IOException {
    files.write(number, offset, content, 0, content.length, WriteMode.PLAIN);
  }

  private byte[] read(long number) throws IOException {
    var content = new byte[(int) inode(number).size()];
    assertEquals(content.length, files.read(number, 0, content, 0, content.length));
    return content;
  }

  private Inode inode(long number) throws IOException {
    return files.attributes(number).inode();
  }

  private List<String> names(long directory) throws IOException {
    var names = new ArrayList<String>();
    files.list(directory, 0, (name, _, _, _) -> names.add(new String(name, UTF_8)));
    return names;
  }

  private static void assertRefused(Reason reason, Executable operation) {
    assertEquals(reason, assertThrows(FileError.class, operation).reason());
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void theRootOfANewVolumeBelongsToItsOwner() throws IOException {
    var root = inode(KnownInode.ROOT);
    assertTrue(root.isDirectory());
    assertEquals(OWNER, root.owner());
    assertEquals(2, root.links());
    assertEquals(List.of(".", ".."), names(KnownInode.ROOT));
  }

  @Test
  void everythingIsThereWhenTheStoreIsOpenedAgain() throws IOException {
    var directory = directory(KnownInode.ROOT, "d");
    var file = file(directory, "f");
    write(file, 0, random(10_000));
    var again = FileSystem.open(store, clock, FileOwner.ROOT);
    var found = again.lookup(directory, name("f")).orElseThrow();
    assertEquals(file, found.number());
    assertEquals(10_000, found.inode().size());
    assertEquals(3, again.inodes());
    var next = again.create(KnownInode.ROOT, name("g"), Inode.FILE | 0600, OWNER).number();
    assertTrue(next > file);
  }

  @Test
  void namesAreAnyBytesButSlashAndNul() throws IOException {
    var longest = new byte[255];
    Arrays.fill(longest, (byte) 0xFF);
    files.create(KnownInode.ROOT, longest, Inode.FILE, OWNER);
    assertTrue(files.lookup(KnownInode.ROOT, longest).isPresent());
    assertRefused(Reason.NAME_TOO_LONG, () -> files.lookup(KnownInode.ROOT, new byte[256]));
    for (var wrong : List.of("", ".", "..", "a/b", "a\0b")) {
      assertRefused(
          Reason.INVALID, () -> files.create(KnownInode.ROOT, name(wrong), Inode.FILE, OWNER));
    }
    assertEquals(3, names(KnownInode.ROOT).size());
  }

  @Test
  void aNameIsThereOnce() throws IOException {
    file(KnownInode.ROOT, "a");
    assertRefused(Reason.EXISTS, () -> file(KnownInode.ROOT, "a"));
    assertRefused(Reason.EXISTS, () -> directory(KnownInode.ROOT, "a"));
    assertEquals(2, files.inodes());
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    var file = file(KnownInode.ROOT, "a");
    assertRefused(Reason.NOT_A_DIRECTORY, () -> file(file, "b"));
    assertRefused(Reason.NOT_A_DIRECTORY, () -> files.rmdir(KnownInode.ROOT, name("a")));
    assertRefused(Reason.NOT_A_DIRECTORY, () -> files.list(file, 0, (_, _, _, _) -> true));
  }

  @Test
  void aDirectoryIsRemovedWhenItIsEmpty() throws IOException {
    var directory = directory(KnownInode.ROOT, "d");
    file(directory, "f");
    assertEquals(3, inode(KnownInode.ROOT).links());
    assertRefused(Reason.NOT_EMPTY, () -> files.rmdir(KnownInode.ROOT, name("d")));
    assertRefused(Reason.IS_A_DIRECTORY, () -> files.unlink(KnownInode.ROOT, name("d")));
    files.unlink(directory, name("f"));
    files.rmdir(KnownInode.ROOT, name("d"));
    assertEquals(2, inode(KnownInode.ROOT).links());
    assertRefused(Reason.NO_ENTRY, () -> file(directory, "g"));
  }

  @Test
  void smallContentsGrowIntoChunksAndShrinkAgain() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    var content = random(3 * CHUNK + 100);
    for (int end : new int[] {1, 1000, 1024, 1025, CHUNK, CHUNK + 1, content.length}) {
      int from = Math.max(0, end - 500);
      files.write(file, from, content, from, end - from, WriteMode.PLAIN);
      assertArrayEquals(Arrays.copyOf(content, end), content(file, end, content));
    }
    for (int end : new int[] {content.length - 1, CHUNK + 1, CHUNK, 1025, 1000, 1, 0}) {
      files.change(file, new AttributeChange().size(end));
      assertArrayEquals(Arrays.copyOf(content, end), read(file));
    }
  }

  /// Writes what is missing between two steps, and returns the content.
  private byte[] content(long file, int end, byte[] content) throws IOException {
    var there = read(file);
    for (var i = 0; i < end; i++) {
      if (there[i] != content[i]) {
        files.write(file, i, content, i, 1, WriteMode.PLAIN);
      }
    }
    return read(file);
  }

  @Test
  void whatATruncationRemovesDoesNotComeBack() throws IOException {
    for (int size : new int[] {900, 5000, 3 * CHUNK}) {
      var file = file(KnownInode.ROOT, "f" + size);
      write(file, 0, random(size));
      files.change(file, new AttributeChange().size(10));
      files.change(file, new AttributeChange().size(size));
      var expected = Arrays.copyOf(Arrays.copyOf(random(size), 10), size);
      assertArrayEquals(expected, read(file), "size " + size);
    }
  }

  @Test
  void aHoleReadsAsZerosAndTakesNoSpace() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    long far = 64L << 30;
    write(file, far, new byte[] {1});
    assertEquals(far + 1, inode(file).size());
    assertEquals(CHUNK / 512, files.attributes(file).blocks());
    assertEquals(far, files.seek(file, 5, true));
    assertEquals(5, files.seek(file, 5, false));
    var buffer = random(CHUNK);
    assertEquals(CHUNK, files.read(file, far / 2 + 17, buffer, 0, CHUNK));
    assertArrayEquals(new byte[CHUNK], buffer);
    assertEquals(far + 1, files.seek(file, far, false));
    assertRefused(Reason.NOTHING_THERE, () -> files.seek(file, far + 1, true));
  }

  @Test
  void punchingMakesAHole() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    var content = random(5 * CHUNK);
    write(file, 0, content);
    files.allocate(file, Allocation.PUNCH_HOLE, CHUNK - 1, 3L * CHUNK + 2);
    Arrays.fill(content, CHUNK - 1, 4 * CHUNK + 1, (byte) 0);
    assertArrayEquals(content, read(file));
    assertEquals(2 * CHUNK / 512, files.attributes(file).blocks());
    assertEquals(CHUNK, files.seek(file, 0, false));
    assertEquals(4 * CHUNK, files.seek(file, CHUNK, true));
    files.allocate(file, Allocation.PUNCH_HOLE, 4L * CHUNK + 5, 1L << 40);
    Arrays.fill(content, 4 * CHUNK + 5, content.length, (byte) 0);
    assertArrayEquals(content, read(file));
  }

  @Test
  void allocatingExtendsTheFileOnlyIfAsked() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    write(file, 0, new byte[] {7});
    files.allocate(file, Allocation.KEEP_SIZE, 0, CHUNK);
    assertEquals(1, inode(file).size());
    files.allocate(file, Allocation.EXTEND, 0, CHUNK);
    assertArrayEquals(Arrays.copyOf(new byte[] {7}, CHUNK), read(file));
    files.allocate(file, Allocation.ZERO_KEEP_SIZE, 0, 2 * CHUNK);
    assertArrayEquals(new byte[CHUNK], read(file));
    files.allocate(file, Allocation.ZERO, 0, 2 * CHUNK);
    assertEquals(2 * CHUNK, inode(file).size());
    assertRefused(
        Reason.NO_SPACE, () -> files.allocate(file, Allocation.EXTEND, 0, Contents.LARGEST));
  }

  @Test
  void aFileWithoutANameStaysWhileItIsUsed() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    files.lookup(KnownInode.ROOT, name("f"));
    write(file, 0, random(5000));
    files.unlink(KnownInode.ROOT, name("f"));
    assertEquals(0, inode(file).links());
    assertArrayEquals(random(5000), read(file));
    files.forget(file, 1);
    assertArrayEquals(random(5000), read(file));
    files.forget(file, 1);
    assertRefused(Reason.NO_ENTRY, () -> files.attributes(file));
    assertEquals(1, files.inodes());
  }

  @Test
  void aFileWithoutANameIsGoneAfterACrash() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    var temporary = files.temporary(KnownInode.ROOT, 0600, OWNER).number();
    write(file, 0, random(5000));
    files.unlink(KnownInode.ROOT, name("f"));
    var again = FileSystem.open(store, clock, OWNER);
    assertRefused(Reason.NO_ENTRY, () -> again.attributes(file));
    assertRefused(Reason.NO_ENTRY, () -> again.attributes(temporary));
    assertEquals(1, again.inodes());
    assertEquals(store.space().total(), store.space().free());
  }

  @Test
  void aTemporaryFileCanGetAName() throws IOException {
    var file = files.temporary(KnownInode.ROOT, 0600, OWNER).number();
    write(file, 0, random(2000));
    files.link(file, KnownInode.ROOT, name("f"));
    files.forget(file, 2);
    var again = FileSystem.open(store, clock, OWNER);
    assertEquals(1, again.lookup(KnownInode.ROOT, name("f")).orElseThrow().inode().links());
    assertArrayEquals(random(2000), read(file));
  }

  @Test
  void hardLinksAreNamesOfOneFile() throws IOException {
    var file = file(KnownInode.ROOT, "a");
    files.link(file, KnownInode.ROOT, name("b"));
    assertEquals(2, inode(file).links());
    assertRefused(Reason.EXISTS, () -> files.link(file, KnownInode.ROOT, name("b")));
    var directory = directory(KnownInode.ROOT, "d");
    assertRefused(Reason.NOT_PERMITTED, () -> files.link(directory, KnownInode.ROOT, name("e")));
    files.rename(KnownInode.ROOT, name("a"), KnownInode.ROOT, name("b"), RenameMode.REPLACE);
    assertEquals(List.of(".", "..", "a", "b", "d"), names(KnownInode.ROOT));
    files.unlink(KnownInode.ROOT, name("a"));
    files.forget(file, 9);
    assertEquals(1, inode(file).links());
  }

  @Test
  void renamingReplacesTheOther() throws IOException {
    var one = file(KnownInode.ROOT, "a");
    var other = file(KnownInode.ROOT, "b");
    files.rename(KnownInode.ROOT, name("a"), KnownInode.ROOT, name("b"), RenameMode.REPLACE);
    assertEquals(one, files.lookup(KnownInode.ROOT, name("b")).orElseThrow().number());
    assertTrue(files.lookup(KnownInode.ROOT, name("a")).isEmpty());
    assertEquals(0, inode(other).links());
    files.forget(other, 1);
    assertEquals(2, files.inodes());
  }

  @Test
  void renamingADirectoryMovesItsParent() throws IOException {
    var a = directory(KnownInode.ROOT, "a");
    var b = directory(KnownInode.ROOT, "b");
    var moved = directory(a, "d");
    file(b, "f");
    assertRefused(
        Reason.IS_A_DIRECTORY, () -> files.rename(b, name("f"), a, name("d"), RenameMode.REPLACE));
    assertRefused(
        Reason.NOT_A_DIRECTORY, () -> files.rename(a, name("d"), b, name("f"), RenameMode.REPLACE));
    files.rename(a, name("d"), b, name("d"), RenameMode.NO_REPLACE);
    assertEquals(2, inode(a).links());
    assertEquals(3, inode(b).links());
    var above = new ArrayList<Long>();
    files.list(
        moved,
        0,
        (_, number, _, _) -> {
          above.add(number);
          return true;
        });
    assertEquals(List.of(moved, b), above);
    assertRefused(
        Reason.NOT_EMPTY,
        () ->
            files.rename(
                KnownInode.ROOT, name("a"), KnownInode.ROOT, name("b"), RenameMode.REPLACE));
    assertRefused(
        Reason.EXISTS,
        () ->
            files.rename(
                KnownInode.ROOT, name("a"), KnownInode.ROOT, name("b"), RenameMode.NO_REPLACE));
    files.rename(b, name("d"), KnownInode.ROOT, name("a"), RenameMode.REPLACE);
    assertEquals(4, inode(KnownInode.ROOT).links());
  }

  @Test
  void exchangingSwapsFileAndDirectory() throws IOException {
    var a = directory(KnownInode.ROOT, "a");
    var b = directory(KnownInode.ROOT, "b");
    var directory = directory(a, "d");
    var file = file(b, "f");
    files.rename(a, name("d"), b, name("f"), RenameMode.EXCHANGE);
    assertEquals(file, files.lookup(a, name("d")).orElseThrow().number());
    assertEquals(directory, files.lookup(b, name("f")).orElseThrow().number());
    assertEquals(2, inode(a).links());
    assertEquals(3, inode(b).links());
    assertRefused(
        Reason.NO_ENTRY, () -> files.rename(a, name("d"), b, name("no"), RenameMode.EXCHANGE));
  }

  @Test
  void listingGoesOnWhereItStoppedWhileNamesComeAndGo() throws IOException {
    for (var i = 0; i < 50; i++) {
      file(KnownInode.ROOT, "f" + i);
    }
    var seen = new ArrayList<String>();
    var cookie = new AtomicLong();
    for (var step = 0; step < 60; step++) {
      var limit = new int[] {1};
      files.list(
          KnownInode.ROOT,
          cookie.get(),
          (name, _, _, at) -> {
            if (limit[0]-- == 0) {
              return false;
            }
            seen.add(new String(name, UTF_8));
            cookie.set(at);
            return true;
          });
      if (step == 10) {
        files.unlink(KnownInode.ROOT, name("f3"));
        files.unlink(KnownInode.ROOT, name("f40"));
        file(KnownInode.ROOT, "new");
      }
    }
    assertEquals(seen.size(), seen.stream().distinct().count());
    assertTrue(seen.containsAll(List.of(".", "..", "f0", "f3", "f49", "new")));
    assertFalse(seen.contains("f40"));
  }

  @Test
  void symbolicLinksHaveTargetsOfAnyLength() throws IOException {
    for (int length : new int[] {1, 1024, 1025, 4095}) {
      var target = name("x".repeat(length));
      var link = files.symlink(KnownInode.ROOT, name("l" + length), target, OWNER);
      assertArrayEquals(target, files.target(link.number()));
      assertEquals(length, link.inode().size());
    }
    assertRefused(
        Reason.NAME_TOO_LONG,
        () -> files.symlink(KnownInode.ROOT, name("l"), new byte[4096], OWNER));
    assertRefused(Reason.INVALID, () -> files.target(KnownInode.ROOT));
  }

  @Test
  void timesChangeAsProgramsExpect() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    seconds.set(2000);
    write(file, 0, new byte[] {1});
    assertEquals(2000, Times.seconds(inode(file).times().modified()));
    assertEquals(1000, Times.seconds(inode(file).times().accessed()));
    seconds.set(3000);
    files.change(file, new AttributeChange().mode(0600));
    assertEquals(2000, Times.seconds(inode(file).times().modified()));
    assertEquals(3000, Times.seconds(inode(file).times().changed()));
    files.change(file, new AttributeChange().modified(Times.of(-5_000_000_000L, 7)));
    assertEquals(-5_000_000_000L, Times.seconds(inode(file).times().modified()));
    assertEquals(7, Times.nanos(inode(file).times().modified()));
    files.change(file, new AttributeChange().accessed(Times.of(5_000_000_000L, 999_999_999)));
    assertEquals(5_000_000_000L, Times.seconds(inode(file).times().accessed()));
    files.change(file, new AttributeChange().accessed(Times.of(Long.MAX_VALUE, 0)));
    assertEquals(
        2262,
        Instant.ofEpochSecond(Times.seconds(inode(file).times().accessed()))
            .atZone(java.time.ZoneOffset.UTC)
            .getYear());
  }

  @Test
  void changingTheOwnerClearsSetIdBits() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    files.change(file, new AttributeChange().mode(06755));
    files.setExtendedAttribute(file, name("security.capability"), new byte[20], Existence.ANY);
    files.change(file, new AttributeChange().user(7).group(8).withoutPrivileges());
    assertEquals(0755, inode(file).mode() & 07777);
    assertEquals(new FileOwner(7, 8), inode(file).owner());
    assertRefused(
        Reason.NO_ATTRIBUTE, () -> files.extendedAttribute(file, name("security.capability")));
  }

  @Test
  void aDirectoryWithSetGroupGivesItsGroup() throws IOException {
    var directory = directory(KnownInode.ROOT, "d");
    files.change(directory, new AttributeChange().mode(02755).group(55));
    var below = files.create(directory, name("e"), Inode.DIRECTORY | 0700, OWNER).inode();
    assertEquals(new FileOwner(1000, 55), below.owner());
    assertEquals(02700, below.mode() & 07777);
    assertEquals(55, inode(file(directory, "f")).owner().group());
  }

  @Test
  void extendedAttributesBelongToAnInode() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    files.setExtendedAttribute(file, name("user.a"), name("1"), Existence.NEW);
    files.setExtendedAttribute(file, name("user.b"), new byte[0], Existence.ANY);
    assertRefused(
        Reason.EXISTS,
        () -> files.setExtendedAttribute(file, name("user.a"), name("2"), Existence.NEW));
    assertRefused(
        Reason.NO_ATTRIBUTE,
        () -> files.setExtendedAttribute(file, name("user.c"), name("2"), Existence.PRESENT));
    assertRefused(
        Reason.NOT_SUPPORTED,
        () ->
            files.setExtendedAttribute(
                file, name("system.posix_acl_access"), name("2"), Existence.ANY));
    assertArrayEquals(name("1"), files.extendedAttribute(file, name("user.a")));
    files.removeExtendedAttribute(file, name("user.a"));
    assertEquals(
        List.of("user.b"),
        files.extendedAttributes(file).stream().map(n -> new String(n, UTF_8)).toList());
  }

  @Test
  void aFullVolumeStillDeletes() throws IOException {
    var file = file(KnownInode.ROOT, "f");
    assertThrows(
        NoSpaceException.class,
        () -> {
          for (long offset = 0; ; offset += 64 * CHUNK) {
            write(file, offset, random(64 * CHUNK));
          }
        });
    assertRefused(Reason.NO_SPACE, () -> file(KnownInode.ROOT, "g"));
    files.unlink(KnownInode.ROOT, name("f"));
    files.forget(file, 1);
    assertEquals(store.space().total(), store.space().free());
    file(KnownInode.ROOT, "g");
  }

  @Test
  void devicesCannotBeCreated() {
    assertRefused(
        Reason.NOT_PERMITTED, () -> files.create(KnownInode.ROOT, name("d"), 0020644, OWNER));
    assertRefused(
        Reason.NOT_PERMITTED, () -> files.create(KnownInode.ROOT, name("d"), 0060644, OWNER));
  }
}
