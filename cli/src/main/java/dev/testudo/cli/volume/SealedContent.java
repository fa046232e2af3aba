package dev.testudo.cli.volume;

import dev.testudo.image.tar.Owner;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.sealed.ReadOnlyVolume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/// A volume that was written whole. The number of an entry is its place in the list of entries. It
/// has no owners and no times.
final class SealedContent implements VolumeContent {
  private static final int LINK_PERMISSIONS = 0777;

  private final ReadOnlyVolume volume;
  private final List<VolumeEntry> entries;
  private final Map<String, Map<String, Long>> directories = new HashMap<>();

  private SealedContent(ReadOnlyVolume volume) {
    this.volume = volume;
    this.entries = volume.entries();
    for (var i = 1; i < entries.size(); i++) {
      var path = entries.get(i).path();
      int slash = path.lastIndexOf('/');
      directories
          .computeIfAbsent(slash == 0 ? "/" : path.substring(0, slash), _ -> new LinkedHashMap<>())
          .put(path.substring(slash + 1), (long) i);
    }
  }

  static SealedContent open(Path directory, Secret key, Optional<VolumeTag> tag)
      throws IOException {
    return new SealedContent(ReadOnlyVolume.open(directory, key, tag));
  }

  private VolumeEntry entry(VolumeNode node) {
    return entries.get((int) node.number());
  }

  @Override
  public VolumeTag tag() {
    return volume.tag();
  }

  @Override
  public OptionalLong sequence() {
    return OptionalLong.empty();
  }

  @Override
  public long root() {
    return 0;
  }

  @Override
  public VolumeNode node(long number) {
    return switch (entries.get((int) number)) {
      case VolumeEntry.Directory(_, var mode) -> node(number, Inode.DIRECTORY | mode, 0);
      case VolumeEntry.RegularFile(_, var mode, var size, _) ->
          node(number, Inode.FILE | mode, size);
      case VolumeEntry.Link(_, var target) ->
          node(
              number,
              Inode.LINK | LINK_PERMISSIONS,
              target.getBytes(StandardCharsets.UTF_8).length);
    };
  }

  private static VolumeNode node(long number, int mode, long size) {
    return new VolumeNode(number, mode, Owner.ROOT, 1, size, 0);
  }

  private Map<String, Long> children(VolumeNode directory) {
    return directories.getOrDefault(entry(directory).path(), Map.of());
  }

  @Override
  public Optional<Long> find(VolumeNode directory, String name) {
    return Optional.ofNullable(children(directory).get(name));
  }

  @Override
  public Names names(VolumeNode directory) {
    var names =
        children(directory).entrySet().stream()
            .map(child -> new Name(child.getKey(), child.getValue()))
            .toList();
    return new Names(names, Optional.empty());
  }

  @Override
  public String target(VolumeNode link) {
    return entry(link) instanceof VolumeEntry.Link(_, var target) ? target : "";
  }

  @Override
  public InputStream open(VolumeNode file) throws IOException {
    return entry(file) instanceof VolumeEntry.RegularFile regular
        ? regular.content().open()
        : InputStream.nullInputStream();
  }

  @Override
  public Map<String, String> attributes(VolumeNode node) {
    return Map.of();
  }

  @Override
  public Checked check(LongConsumer progress) throws IOException {
    var damages = new ArrayList<Damage>();
    var buffer = new byte[1 << 16];
    long bytes = 0;
    for (var entry : entries) {
      if (entry instanceof VolumeEntry.RegularFile file) {
        try (var in = file.content().open()) {
          for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes += count;
            progress.accept(bytes);
          }
        } catch (VolumeException e) {
          damages.add(new Damage(Optional.of(file.path()), String.valueOf(e.getMessage())));
        }
      }
    }
    return new Checked(entries.size() - damages.size(), bytes, damages, false);
  }

  @Override
  public void close() throws IOException {
    volume.close();
  }
}
