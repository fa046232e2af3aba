package dev.testudo.cli.volume;

import dev.testudo.image.tar.Owner;
import dev.testudo.image.tar.RawText;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.file.FileError;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.file.SalvagedNames;
import dev.testudo.volume.file.Times;
import dev.testudo.volume.file.VolumeCheck;
import dev.testudo.volume.store.DamageListener;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.ReadableVolume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// A volume that programs write.
final class WritableContent implements VolumeContent {
  private final ReadableVolume volume;
  private Optional<FileSystem> opened = Optional.empty();

  private WritableContent(ReadableVolume volume) {
    this.volume = volume;
  }

  static WritableContent open(Path directory, Secret key, Optional<VolumeTag> tag)
      throws IOException {
    var expected = tag.<Expected>map(Expected.State::new).orElseGet(Expected.Newest::new);
    return new WritableContent(
        ReadableVolume.open(
            DirectoryBacking.shared(directory), key, expected, DamageListener.NONE));
  }

  /// Opens the file system when it is needed: a check reports what prevents that.
  private FileSystem files() throws IOException {
    if (opened.isEmpty()) {
      opened = Optional.of(FileSystem.openForReading(volume));
    }
    return opened.get();
  }

  @Override
  public VolumeTag tag() {
    return volume.position().tag();
  }

  @Override
  public OptionalLong sequence() {
    return OptionalLong.of(volume.position().sequence());
  }

  @Override
  public long root() {
    return KnownInode.ROOT;
  }

  @Override
  public VolumeNode node(long number) throws IOException {
    KnownInode known;
    try {
      known = files().attributes(number);
    } catch (FileError _) {
      throw VolumeException.damaged("inode " + number, "it has a name and no attributes");
    }
    var inode = known.inode();
    return new VolumeNode(
        number,
        inode.mode(),
        Owner.of(id(inode.owner().user()), id(inode.owner().group())),
        inode.links(),
        inode.size(),
        Times.seconds(inode.times().modified()));
  }

  /// A hostile author can give the one id that nobody has.
  private static long id(int stored) {
    return Math.min(Integer.toUnsignedLong(stored), Owner.MAX_ID);
  }

  @Override
  public Optional<Long> find(VolumeNode directory, String name) throws IOException {
    try {
      return files().lookup(directory.number(), RawText.encode(name)).map(KnownInode::number);
    } catch (FileError _) {
      return Optional.empty(); // too long, or the like
    }
  }

  @Override
  public Names names(VolumeNode directory) throws IOException {
    var names = new LinkedHashMap<String, Long>();
    try {
      files().list(directory.number(), 0, (name, number, _, _) -> add(names, name, number));
      return names(names, Optional.empty());
    } catch (VolumeException e) {
      SalvagedNames.visit(
          volume, directory.number(), (name, number, _, _) -> add(names, name, number));
      return names(names, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private static boolean add(Map<String, Long> names, byte[] name, long number) {
    var text = RawText.decode(name);
    if (!text.equals(".") && !text.equals("..")) {
      names.put(text, number);
    }
    return true;
  }

  private static Names names(Map<String, Long> names, Optional<String> damage) {
    var list =
        names.entrySet().stream().map(name -> new Name(name.getKey(), name.getValue())).toList();
    return new Names(list, damage);
  }

  @Override
  public String target(VolumeNode link) throws IOException {
    return RawText.decode(files().target(link.number()));
  }

  @Override
  public InputStream open(VolumeNode file) throws IOException {
    return new FileInput(files(), file);
  }

  @Override
  public Map<String, String> attributes(VolumeNode node) throws IOException {
    var attributes = new TreeMap<String, String>();
    for (var name : files().extendedAttributes(node.number())) {
      var value = files().extendedAttribute(node.number(), name);
      attributes.put(RawText.decode(name), HexFormat.of().formatHex(value));
    }
    return attributes;
  }

  @Override
  public Checked check(LongConsumer progress) throws IOException {
    var result = VolumeCheck.of(volume, progress);
    var damages =
        result.damages().stream()
            .map(damage -> new Damage(damage.path().map(RawText::decode), damage.reason()))
            .toList();
    return new Checked(result.files(), result.bytes(), damages, result.more());
  }

  @Override
  public void close() throws IOException {
    volume.close();
  }

  /// The content of a file from its beginning.
  private static final class FileInput extends InputStream {
    private final FileSystem files;
    private final VolumeNode file;
    private long position;

    FileInput(FileSystem files, VolumeNode file) {
      this.files = files;
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (length == 0) {
        return 0;
      }
      int count = files.read(file.number(), position, into, offset, length);
      position += count;
      return count == 0 ? -1 : count;
    }
  }
}
