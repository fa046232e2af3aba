package dev.testudo.cli.volume;

import dev.testudo.image.tar.RawText;
import dev.testudo.volume.file.AttributeChange;
import dev.testudo.volume.file.Existence;
import dev.testudo.volume.file.FileError;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.file.Times;
import dev.testudo.volume.file.WriteMode;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Copies a directory of this machine into a new volume: contents, modes, owners, times, hard
/// links, symbolic links, FIFOs, sockets, and extended attributes of users. Links are not followed.
/// Blocks of zeros become holes.
public final class TreeImport {
  private static final int PIECE = 1 << 20;
  private static final char MALFORMED = '\uFFFD';

  private final FileSystem files;
  private final Consumer<String> leftOut;
  private final Map<Object, Long> linked = new HashMap<>();
  private final byte[] piece = new byte[PIECE];
  private final byte[] zeros;

  /// @param leftOut gets a line about what a volume cannot have
  public TreeImport(FileSystem files, Consumer<String> leftOut) {
    this.files = files;
    this.leftOut = leftOut;
    this.zeros = new byte[files.chunkSize()];
  }

  /// Copies what is in `tree` to the root of the volume, which gets its attributes.
  public void copy(Path tree) throws IOException {
    copyNames(tree, KnownInode.ROOT);
    copyUserAttributes(tree, KnownInode.ROOT);
    setAttributes(KnownInode.ROOT, attributes(tree));
  }

  private void copyNames(Path directory, long to) throws IOException {
    try (var stream = Files.newDirectoryStream(directory)) {
      for (var file : stream) {
        copy(file, to);
      }
    }
  }

  private void copy(Path file, long directory) throws IOException {
    var unix = attributes(file);
    int mode = (int) number(unix, "mode");
    var name = name(file);
    boolean isLinked = (mode & Inode.TYPE) != Inode.DIRECTORY && number(unix, "nlink") > 1;
    var identity = List.of(number(unix, "dev"), number(unix, "ino"));
    if (isLinked && linked.containsKey(identity)) {
      forget(files.link(linked.get(identity), directory, name));
      return;
    }
    switch (mode & Inode.TYPE) {
      case Inode.FILE, Inode.DIRECTORY, Inode.FIFO, Inode.SOCKET, Inode.LINK -> {
        var node =
            (mode & Inode.TYPE) == Inode.LINK
                ? files.symlink(directory, name, target(file), owner(unix))
                : files.create(directory, name, mode, owner(unix));
        fill(file, node.number(), mode);
        copyUserAttributes(file, node.number());
        setAttributes(node.number(), unix);
        forget(node);
        if (isLinked) {
          linked.put(identity, node.number());
        }
      }
      default -> leftOut.accept("%s: a volume cannot have a device".formatted(file));
    }
  }

  private void fill(Path file, long number, int mode) throws IOException {
    switch (mode & Inode.TYPE) {
      case Inode.DIRECTORY -> copyNames(file, number);
      case Inode.FILE -> copyContent(file, number);
      default -> {
        // The others have no content.
      }
    }
  }

  private void copyContent(Path file, long number) throws IOException {
    long position = 0;
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int count = in.readNBytes(piece, 0, PIECE);
          count > 0;
          count = in.readNBytes(piece, 0, PIECE)) {
        write(number, position, count);
        position += count;
      }
    }
    files.change(number, new AttributeChange().size(position));
  }

  /// Writes runs of chunks that are not only zeros.
  private void write(long number, long position, int count) throws IOException {
    int chunk = zeros.length;
    int begin = 0;
    for (int at = 0; at < count; at += chunk) {
      int end = Math.min(at + chunk, count);
      if (Arrays.equals(piece, at, end, zeros, 0, end - at)) {
        files.write(number, position + begin, piece, begin, at - begin, WriteMode.PLAIN);
        begin = end;
      }
    }
    files.write(number, position + begin, piece, begin, count - begin, WriteMode.PLAIN);
  }

  private void setAttributes(long number, Map<String, Object> unix) throws IOException {
    var owner = owner(unix);
    var change =
        new AttributeChange()
            .user(owner.user())
            .group(owner.group())
            .mode((int) number(unix, "mode") & ~Inode.TYPE)
            .accessed(time(unix, "lastAccessTime"))
            .modified(time(unix, "lastModifiedTime"));
    files.change(number, change);
  }

  /// Copies the extended attributes of the namespace `user`. Java does not show the others.
  private void copyUserAttributes(Path file, long number) throws IOException {
    var view =
        Files.getFileAttributeView(
            file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    List<String> names;
    try {
      names = view == null ? List.of() : view.list();
    } catch (FileSystemException _) {
      return; // only files and directories have some, and not on all file systems
    }
    for (var name : names) {
      var value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      var full = "user." + name;
      try {
        files.setExtendedAttribute(
            number,
            full.getBytes(StandardCharsets.UTF_8),
            Arrays.copyOf(value.array(), value.position()),
            Existence.ANY);
      } catch (FileError _) {
        leftOut.accept("%s: a volume cannot have its attribute %s".formatted(file, full));
      }
    }
  }

  private void forget(KnownInode node) throws IOException {
    files.forget(node.number(), 1);
  }

  private static Map<String, Object> attributes(Path file) throws IOException {
    return Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
  }

  private static long number(Map<String, Object> unix, String name) {
    if (unix.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new AssertionError("the JDK gives no " + name);
  }

  private static FileOwner owner(Map<String, Object> unix) {
    return new FileOwner((int) number(unix, "uid"), (int) number(unix, "gid"));
  }

  private static long time(Map<String, Object> unix, String name) {
    var instant = unix.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
    return Times.of(instant.getEpochSecond(), instant.getNano());
  }

  /// Returns the bytes of a name. The text of a path has no bytes that are not of the character set
  /// of the locale, but its URI has.
  private static byte[] name(Path file) {
    var name = String.valueOf(file.getFileName());
    if (name.indexOf(MALFORMED) < 0) {
      return name.getBytes(StandardCharsets.UTF_8);
    }
    var raw = file.toUri().getRawPath().replaceFirst("/$", "").replace("+", "%2B");
    var bytes =
        URLDecoder.decode(raw.substring(raw.lastIndexOf('/') + 1), StandardCharsets.ISO_8859_1);
    return bytes.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] target(Path link) throws IOException {
    var target = Files.readSymbolicLink(link).toString();
    if (target.indexOf(MALFORMED) >= 0) {
      throw new IOException("the target of the link %s is not UTF-8".formatted(link));
    }
    return RawText.encode(target);
  }
}
