package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Opens volumes for writing.
final class VolumeOpener {
  private final Backing backing;
  private final Secret key;
  private final VolumeOptions options;
  private final SecureRandom random;

  private VolumeOpener(Backing backing, Secret key, VolumeOptions options, SecureRandom random) {
    this.backing = backing;
    this.key = key;
    this.options = options;
    this.random = random;
  }

  static WritableVolume open(
      Backing backing, Secret key, Expected expected, VolumeShape forNew, VolumeOptions options)
      throws IOException {
    return open(backing, key, expected, forNew, options, new SecureRandom());
  }

  /// As above, with a source of randomness, for the test that makes the example of the format.
  static WritableVolume open(
      Backing backing,
      Secret key,
      Expected expected,
      VolumeShape forNew,
      VolumeOptions options,
      SecureRandom random)
      throws IOException {
    if (key.length() != Derived.KEY_BYTES) {
      throw new IllegalArgumentException(
          "the key of a volume has %d bytes".formatted(Derived.KEY_BYTES));
    }
    var opener = new VolumeOpener(backing, key, options, random);
    return switch (expected) {
      case Expected.New _ -> opener.create(forNew);
      case Expected.Position _, Expected.State _, Expected.Newest _ -> opener.open(expected);
    };
  }

  private WritableVolume create(VolumeShape shape) throws IOException {
    removeBeginning();
    var header =
        new VolumeHeader(
            VolumeHeader.Form.WRITABLE,
            shape.suite(),
            shape.chunkSize(),
            random(VolumeHeader.ID_BYTES));
    try (var file = backing.create(VolumeHeader.FILE)) {
      file.write(0, header.write(key), 0, VolumeHeader.BYTES);
      file.sync();
    }
    backing.syncNames();
    var recovered = RecoveredVolume.empty(backing, header, key, options);
    try {
      return mount(recovered, List.of());
    } catch (IOException e) {
      recovered.close();
      throw e;
    }
  }

  /// Removes what an interrupted creation has left. It has never had content.
  private void removeBeginning() throws IOException {
    var directory = VolumeDirectory.read(backing);
    if (directory.isEmpty()) {
      return;
    }
    if (!directory.isBeginning() || !isWithoutContent(directory)) {
      throw VolumeException.refused(
          Kind.NOT_EMPTY,
          "a new volume needs an empty directory, and this one has `%s`; CAS has never seen a state"
                  .formatted(directory.names().getFirst())
              + " of this volume");
    }
    // The header comes last: without it, nobody could tell that the rest may be removed.
    for (var name : directory.files()) {
      backing.delete(name);
    }
    backing.syncNames();
    backing.delete(VolumeHeader.FILE);
    backing.syncNames();
  }

  private boolean isWithoutContent(VolumeDirectory directory) throws IOException {
    VolumeHeader header;
    try {
      header = directory.header(key);
    } catch (VolumeException e) {
      // The header is durable before there is a journal.
      return e.kind() == Kind.DAMAGED && directory.files().isEmpty();
    }
    var journals = directory.scan(header, key);
    try {
      return journals.stream().allMatch(ScannedJournal::isBeginning);
    } finally {
      VolumeDirectory.close(journals);
    }
  }

  private WritableVolume open(Expected expected) throws IOException {
    var recovered = RecoveredVolume.read(backing, key, expected, options);
    try {
      return mount(recovered, superfluous(recovered));
    } catch (IOException e) {
      recovered.close();
      throw e;
    }
  }

  /// Returns the files that no state needs after this mount has begun.
  private List<String> superfluous(RecoveredVolume recovered) throws IOException {
    var needed = new HashSet<String>();
    recovered.state().segments().all().forEach(segment -> needed.add(segment.name()));
    var superfluous = new ArrayList<String>();
    for (var name : VolumeDirectory.read(backing).files()) {
      if (!needed.contains(name) && isOf(name, recovered.header())) {
        superfluous.add(name);
      }
    }
    return superfluous;
  }

  /// Returns whether a file belongs to the volume. Files of a crashed mount may be empty.
  private boolean isOf(String name, VolumeHeader header) throws IOException {
    var bytes = new byte[FileHead.BYTES];
    try (var file = backing.open(name)) {
      file.read(0, bytes, 0, bytes.length);
    }
    var isEmpty = true;
    for (byte one : bytes) {
      isEmpty &= one == 0;
    }
    return isEmpty || FileHead.isOf(bytes, header.id());
  }

  private WritableVolume mount(RecoveredVolume recovered, List<String> superfluous)
      throws IOException {
    var header = recovered.header();
    var segments = recovered.state().segments();
    // Without a lease, or with the same one, the later mount counts, too.
    long fence = Math.max(options.fence(), recovered.highestFence() + 1);
    var id = random(FileHead.MOUNT_BYTES);
    var salt = random(FileHead.SALT_BYTES);
    var own = segments.mount(new CheckpointBody.Mount(id, salt, fence));
    var allocator = new SlotAllocator(backing, segments, own, header, options);
    allocator.begin(segments.live());
    var parts =
        new VolumeParts(backing, header, own, recovered.state(), recovered.pending(), allocator);
    var nonces = new NonceSource(random);
    moveInline(recovered, parts, nonces);
    var lock = new ReentrantLock();
    var codec = new RecordCodec(key, header, salt, options.tuning().ledger());
    var committer = new VolumeCommitter(parts, options, codec, nonces, lock, recovered.position());
    try {
      committer.begin(superfluous);
    } catch (IOException e) {
      committer.close();
      throw e;
    }
    recovered.closeJournals();
    return new WritableVolume(parts, options, nonces, committer, lock, recovered.position());
  }

  /// Gives chunks whose ciphertexts are in journals only a slot of this mount.
  private void moveInline(RecoveredVolume recovered, VolumeParts parts, NonceSource nonces)
      throws IOException {
    var state = parts.state();
    state.onFreed(
        pointer -> {
          parts.pending().drop(pointer.place());
          parts.allocator().freed(1);
        });
    var text = new byte[parts.chunkSize()];
    for (var chunk : recovered.inline()) {
      var pointer = state.pointer(chunk.inode(), chunk.number());
      if (pointer == null) {
        continue;
      }
      state.reader().readExactly(ChunkKind.DATA, pointer, text);
      var slot = parts.allocator().take(true);
      var buffer = parts.pending().buffer();
      var nonce = nonces.next(ChunkKind.DATA);
      var proof = parts.own().keys().seal(ChunkKind.DATA, nonce, text, 0, buffer);
      parts.pending().add(slot.segment(), slot.number(), buffer);
      var moved = new SlotPointer(slot.segment().id(), slot.number(), proof);
      state.chunk(chunk.inode(), chunk.number(), moved);
    }
    parts.pending().dropInline();
  }

  private byte[] random(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
