package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Gives a volume another key, by encrypting everything anew.
///
/// 1. A second volume grows beside the files of the first one. Its header has another name, so
///    whoever opens the directory finds the first volume as it was.
/// 2. It is read back and verified.
/// 3. Its header is renamed over that of the first one: from then on, only the new key opens the
///    directory.
/// 4. The files of the first volume are removed.
///
/// A run that was killed anywhere is continued by another one with the same keys. The copy knows
/// which state it is of: if the volume was written meanwhile, the copy begins anew.
/// docs/decisions/0088-another-key.md says why.
public final class VolumeRekey {
  /// The header of a volume that is to take the place of the one in the directory.
  static final String HEADER = "testudo-volume.rekey";

  private final Backing backing;
  private final Secret oldKey;
  private final Secret newKey;
  private final StoreTuning tuning;
  private final RekeyListener listener;

  private VolumeRekey(
      Backing backing, Secret oldKey, Secret newKey, StoreTuning tuning, RekeyListener listener) {
    this.backing = backing;
    this.oldKey = oldKey;
    this.newKey = newKey;
    this.tuning = tuning;
    this.listener = listener;
  }

  /// What was done.
  ///
  /// @param from the state that the volume had with the old key; empty if an earlier run had done
  ///     everything
  /// @param to its state now
  public record Rekeyed(Optional<VolumePosition> from, VolumePosition to, VolumeShape shape) {}

  /// Changes the key, or continues with that.
  ///
  /// @param backing nobody else may use it meanwhile; the caller closes it
  /// @param oldKey 32 bytes; the caller keeps and wipes it
  /// @param newKey another 32 bytes, likewise. No other volume has it
  /// @param expected the state that the volume must have, as long as it has the old key
  /// @throws VolumeException if the volume is not what is expected, or something of it is damaged.
  ///     It still has the old key then, unless the message says otherwise
  /// @throws NoSpaceException if there is not enough space for both copies. The volume still has
  ///     the old key, and the new copy is removed
  public static Rekeyed run(
      Backing backing,
      Secret oldKey,
      Secret newKey,
      Expected expected,
      StoreTuning tuning,
      RekeyListener listener)
      throws IOException {
    return new VolumeRekey(backing, oldKey, newKey, tuning, listener).run(expected);
  }

  /// Removes what a run with another new key has left. The volume keeps the old key.
  ///
  /// @param backing nobody else may use it meanwhile; the caller closes it
  public static void discard(Backing backing, Secret oldKey, Expected expected) throws IOException {
    var here = new RekeyView(backing, VolumeHeader.FILE, Set.of());
    try (var volume = ReadableVolume.open(here, oldKey, expected, DamageListener.NONE)) {
      discard(backing, filesOf(backing, volume));
    }
  }

  private static void discard(Backing backing, Set<String> kept) throws IOException {
    removeOthers(backing, kept);
    backing.delete(HEADER);
    backing.syncNames();
  }

  private Rekeyed run(Expected expected) throws IOException {
    if (!hasNewKey()) {
      try (var volume = open(VolumeHeader.FILE, Set.of(), oldKey, expected)) {
        copy(volume);
      }
      backing.rename(HEADER, VolumeHeader.FILE);
      backing.syncNames();
    }
    return finish();
  }

  private boolean hasNewKey() throws IOException {
    try {
      VolumeDirectory.read(backing).header(newKey);
      return true;
    } catch (VolumeException e) {
      if (e.kind() == Kind.WRONG_KEY) {
        return false;
      }
      throw e;
    }
  }

  private ReadableVolume open(String header, Set<String> hidden, Secret key, Expected expected)
      throws IOException {
    var view = new RekeyView(backing, header, hidden);
    return ReadableVolume.open(view, key, expected, DamageListener.NONE);
  }

  /// Makes a whole copy of a volume with the new key, durable and verified.
  private void copy(ReadableVolume volume) throws IOException {
    var earlier = RekeyMark.find(volume);
    if (earlier.isPresent() && !earlier.get().isComplete()) {
      throw incomplete();
    }
    var kept = filesOf(backing, volume);
    var view = new RekeyView(backing, HEADER, kept);
    var sealed = write(volume, view, kept);
    try (var copy = open(HEADER, kept, newKey, new Expected.Position(sealed))) {
      copy.check(new RekeyCopy.Verification(copy, listener));
    } catch (VolumeException e) {
      discard(backing, kept);
      throw new IOException(
          "the disk does not give back what was written to it; the volume still has its old key",
          e);
    }
  }

  private static VolumeException incomplete() {
    return VolumeException.damaged(
        VolumeHeader.FILE,
        "it is that of a change of the key that was not complete; restore the volume from a backup");
  }

  private VolumePosition write(ReadableVolume volume, RekeyView view, Set<String> kept)
      throws IOException {
    var options = VolumeOptions.USUAL.with(tuning);
    var begun = begun(RekeyMark.of(volume), view, options);
    listener.began(begun.isPresent());
    if (begun.isEmpty()) {
      discard(backing, kept);
      requireSpace(volume);
    }
    var copy =
        begun.isPresent()
            ? begun.get()
            : WritableVolume.open(view, newKey, new Expected.New(), volume.shape(), options);
    try {
      var mark = RekeyMark.find(copy).orElseGet(() -> RekeyMark.of(volume));
      if (!mark.isComplete()) {
        new RekeyCopy(volume, copy, mark, tuning.copyBytes(), listener).run();
      }
      copy.close();
      return copy.position();
    } catch (NoSpaceException e) {
      copy.abandon();
      discard(backing, kept);
      throw e;
    } catch (IOException | RuntimeException e) {
      copy.abandon();
      throw e;
    }
  }

  /// Returns the copy that an earlier run has begun, if it is of use.
  private Optional<WritableVolume> begun(RekeyMark wanted, RekeyView view, VolumeOptions options)
      throws IOException {
    if (!VolumeDirectory.read(backing).names().contains(HEADER)) {
      return Optional.empty();
    }
    try {
      var copy =
          WritableVolume.open(view, newKey, new Expected.Newest(), VolumeShape.USUAL, options);
      if (RekeyMark.find(copy).filter(wanted::isSameOrigin).isPresent()) {
        return Optional.of(copy);
      }
      copy.abandon();
      return Optional.empty();
    } catch (VolumeException e) {
      return switch (e.kind()) {
        case WRONG_KEY ->
            throw VolumeException.refused(
                Kind.NOT_EMPTY, "a change of the volume's key to another new key has begun");
        case UNSUPPORTED, IN_USE -> throw e;
        case MISSING, OTHER_STATE, DAMAGED, NOT_EMPTY, GONE, ROLLED_BACK, OTHER_HISTORY ->
            Optional.empty();
      };
    }
  }

  private void requireSpace(ReadableVolume volume) throws IOException {
    long content = volume.space().total();
    long needed = content + content / 8 + 4L * tuning.growthBytes();
    if (backing.free() < needed) {
      throw new NoSpaceException(
          "both copies of the volume need space until the key is changed: %d MiB more, and there are %d"
              .formatted(needed >> 20, backing.free() >> 20));
    }
  }

  /// Removes the files of the old volume, and ends the change of the key.
  private Rekeyed finish() throws IOException {
    Optional<RekeyMark> mark;
    VolumePosition position;
    VolumeShape shape;
    try (var volume = open(VolumeHeader.FILE, Set.of(), newKey, new Expected.Newest())) {
      shape = volume.shape();
      position = volume.position();
      mark = RekeyMark.find(volume);
      boolean isEmpty = volume.next(new byte[0], RekeyCopy.END).isEmpty();
      if (isEmpty || mark.filter(one -> !one.isComplete()).isPresent()) {
        throw incomplete();
      }
      if (mark.isPresent()) {
        removeOthers(backing, filesOf(backing, volume));
      }
    }
    if (mark.isPresent()) {
      position = removeMark(shape);
    }
    return new Rekeyed(mark.map(RekeyMark::origin), position, shape);
  }

  private VolumePosition removeMark(VolumeShape shape) throws IOException {
    var view = new RekeyView(backing, VolumeHeader.FILE, Set.of());
    var options = VolumeOptions.USUAL.with(tuning);
    var volume = WritableVolume.open(view, newKey, new Expected.Newest(), shape, options);
    try {
      volume.apply(new Changes().unmark());
      volume.close();
      return volume.position();
    } catch (IOException | RuntimeException e) {
      volume.abandon();
      throw e;
    }
  }

  /// Returns the files of a volume that it may need.
  private static Set<String> filesOf(Backing backing, ReadableVolume volume) throws IOException {
    var files = new HashSet<>(volume.segmentNames());
    for (var name : VolumeDirectory.read(backing).files()) {
      var bytes = new byte[FileHead.BYTES];
      try (var file = backing.open(name)) {
        file.read(0, bytes, 0, bytes.length);
      }
      if (FileHead.isOf(bytes, volume.header().id())) {
        files.add(name);
      }
    }
    return files;
  }

  private static void removeOthers(Backing backing, Set<String> kept) throws IOException {
    for (var name : VolumeDirectory.read(backing).files()) {
      if (!kept.contains(name)) {
        backing.delete(name);
      }
    }
    backing.syncNames();
  }
}
