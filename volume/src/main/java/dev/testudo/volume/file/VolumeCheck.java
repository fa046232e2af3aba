package dev.testudo.volume.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.store.ReadableVolume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// Reads everything of a volume, verifies it, and finds the paths of what is damaged.
///
/// Names are read a second time if something is damaged, so an intact volume needs no memory for
/// them.
public final class VolumeCheck {
  /// How many damaged inodes, and how many gaps, are told apart.
  private static final int MOST_DAMAGES = 10_000;

  private final ReadableVolume volume;
  private final LongConsumer progress;
  private final Map<Long, DamagedInode> inodes = new TreeMap<>();
  private final List<Gap> gaps = new ArrayList<>();
  private boolean more;
  private long files;
  private long bytes;

  /// What a check has found.
  ///
  /// @param files how many inodes are intact: files, directories and others
  /// @param bytes how many bytes of chunks are intact
  /// @param more whether there is more damage than `damages` has
  public record Result(long files, long bytes, List<Damage> damages, boolean more) {
    /// Copies the list.
    public Result {
      damages = List.copyOf(damages);
    }

    /// Returns whether everything is what was written.
    public boolean isIntact() {
      return damages.isEmpty() && !more;
    }
  }

  /// A damaged file, or other part of a volume.
  ///
  /// @param path its path from the root, beginning with `/`; empty if no name of it can be read
  /// @param reason one line about the first place that is damaged
  public record Damage(Optional<byte[]> path, String reason) {}

  /// @param chunks how many chunks cannot be read
  private record DamagedInode(String reason, int chunks) {
    DamagedInode another() {
      return new DamagedInode(reason, chunks + 1);
    }

    String text() {
      return chunks > 1 ? "%s (and %d more chunks)".formatted(reason, chunks - 1) : reason;
    }
  }

  /// Inodes some of whose entries cannot be read.
  private record Gap(long first, long last, String reason) {
    boolean has(long inode) {
      return inode >= first && inode <= last;
    }
  }

  private VolumeCheck(ReadableVolume volume, LongConsumer progress) {
    this.volume = volume;
    this.progress = progress;
  }

  /// Checks a volume.
  ///
  /// @param progress is told how many bytes were verified, after each chunk
  /// @throws IOException if the backing store fails
  public static Result of(ReadableVolume volume, LongConsumer progress) throws IOException {
    var check = new VolumeCheck(volume, progress);
    volume.check(check.new Content());
    var damages = new ArrayList<Damage>();
    if (!check.inodes.isEmpty() || !check.gaps.isEmpty()) {
      var names = check.new Names();
      volume.checkEntries(names);
      check.report(names, damages);
    }
    return new Result(check.files, check.bytes, damages, check.more);
  }

  private void report(Names names, List<Damage> damages) {
    inodes.forEach(
        (number, damage) -> {
          var paths = names.paths(number);
          if (paths.isEmpty()) {
            damages.add(
                new Damage(Optional.empty(), "inode %d: %s".formatted(number, damage.text())));
          }
          paths.forEach(path -> damages.add(new Damage(Optional.of(path), damage.text())));
        });
    for (var gap : gaps) {
      damages.add(new Damage(Optional.empty(), gap.reason));
      names.inGap(gap).forEach(path -> damages.add(new Damage(Optional.of(path), gap.reason)));
    }
  }

  /// A damaged chunk, or something that no author writes.
  private void damaged(long inode, VolumeException why) {
    if (inodes.size() < MOST_DAMAGES || inodes.containsKey(inode)) {
      inodes.merge(inode, new DamagedInode(reason(why), 1), (known, _) -> known.another());
    } else {
      more = true;
    }
  }

  private static String reason(VolumeException why) {
    return String.valueOf(why.getMessage());
  }

  /// The first reading: everything.
  private final class Content implements ReadableVolume.CheckListener {
    @Override
    public void entry(TreeKey key, byte[] value) {
      try {
        verify(key, value);
      } catch (VolumeException e) {
        damaged(key.inode(), e);
      }
    }

    private void verify(TreeKey key, byte[] value) throws VolumeException {
      if (FileKeys.totals().inode() == key.inode()) {
        return;
      }
      switch (key.kind()) {
        case INODE -> {
          Inode.read(key.inode(), value);
          files++;
        }
        case NAME -> Entry.read(key.inode(), value);
        case COOKIE -> Entry.Listed.read(key.inode(), value);
        case INLINE, TARGET, RUN, ATTRIBUTE, ORPHAN, PARENT -> {
          // Any value is possible, or the store has looked at it.
        }
      }
    }

    @Override
    public void chunk(long inode, long number) {
      bytes += volume.chunkSize();
      progress.accept(bytes);
    }

    @Override
    public void damagedChunk(long inode, long number, VolumeException why) {
      damaged(inode, why);
    }

    @Override
    public void damagedEntries(byte[] from, Optional<byte[]> to, VolumeException why) {
      if (gaps.size() == MOST_DAMAGES) {
        more = true;
        return;
      }
      long last = to.map(Content::lastBefore).orElse(Long.MAX_VALUE);
      gaps.add(new Gap(inode(from), last, reason(why)));
    }

    /// Returns the highest inode of which an entry can be before `key`.
    private static long lastBefore(byte[] key) {
      boolean isFirst = key.length <= 9 && (key.length < 9 || key[8] <= 1);
      return isFirst ? inode(key) - 1 : inode(key);
    }

    /// Separators of nodes can be shorter than keys.
    private static long inode(byte[] key) {
      long number = 0;
      for (var i = 0; i < Long.BYTES; i++) {
        number = number << 8 | (i < key.length ? key[i] & 0xff : 0);
      }
      return number;
    }
  }

  /// The second reading: the names of directories and of what is damaged.
  private final class Names implements ReadableVolume.CheckListener {
    private static final int DIRECTORY = Inode.DIRECTORY >>> 12;

    /// Directories of a hostile author can be in themselves.
    private static final int DEEPEST = 4096;

    private final Map<Long, Name> directories = new HashMap<>();
    private final Map<Long, List<Name>> damagedNames = new TreeMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Name(long directory, byte[] name) {}

    @Override
    public void entry(TreeKey key, byte[] value) {
      if (key.kind() != TreeKey.Kind.COOKIE) {
        return;
      }
      Entry.Listed listed;
      try {
        listed = Entry.Listed.read(key.inode(), value);
      } catch (VolumeException _) {
        return; // the first reading has it
      }
      var name = new Name(key.inode(), listed.name());
      if (listed.type() == DIRECTORY) {
        directories.put(listed.number(), name);
      }
      boolean isDamaged =
          inodes.containsKey(listed.number())
              || gaps.stream().anyMatch(gap -> gap.has(listed.number()));
      if (isDamaged) {
        damagedNames.computeIfAbsent(listed.number(), _ -> new ArrayList<>()).add(name);
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
      // The first reading has them.
    }

    List<byte[]> paths(long inode) {
      if (inode == KnownInode.ROOT) {
        return List.of(new byte[] {'/'});
      }
      return damagedNames.getOrDefault(inode, List.of()).stream().map(this::path).toList();
    }

    List<byte[]> inGap(Gap gap) {
      var found = new ArrayList<byte[]>();
      if (gap.has(KnownInode.ROOT)) {
        found.addAll(paths(KnownInode.ROOT));
      }
      damagedNames.keySet().stream()
          .filter(gap::has)
          .filter(number -> !inodes.containsKey(number))
          .forEach(number -> found.addAll(paths(number)));
      return found;
    }

    private byte[] path(Name name) {
      var parts = new ArrayList<byte[]>();
      parts.add(name.name);
      long at = name.directory;
      while (at != KnownInode.ROOT) {
        var above = directories.get(at);
        if (above == null || parts.size() == DEEPEST) {
          parts.add("(inode %d)".formatted(at).getBytes(UTF_8));
          break;
        }
        parts.add(above.name);
        at = above.directory;
      }
      var path = new ByteArrayOutputStream();
      parts
          .reversed()
          .forEach(
              part -> {
                path.write('/');
                path.writeBytes(part);
              });
      return path.toByteArray();
    }
  }
}
