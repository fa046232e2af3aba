package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.MountKeys;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/// The newest state of a volume, as it was found. Nothing has been written.
final class RecoveredVolume implements AutoCloseable {
  private final VolumeHeader header;
  private final VolumeState state;
  private final PendingSlots pending;
  private final List<ScannedJournal> journals;
  private VolumePosition position = VolumePosition.NONE;
  private List<VolumeReplay.ChunkPlace> inline = List.of();

  private RecoveredVolume(
      VolumeHeader header, VolumeState state, PendingSlots pending, List<ScannedJournal> journals) {
    this.header = header;
    this.state = state;
    this.pending = pending;
    this.journals = journals;
  }

  /// The state of a volume that is being created.
  static RecoveredVolume empty(
      Backing backing, VolumeHeader header, Secret key, VolumeOptions options) {
    var parts = new Parts(backing, header, key, options);
    var state =
        VolumeState.empty(
            parts.shape(), parts.segments, parts.reader(), options.tuning().cacheBytes());
    return new RecoveredVolume(header, state, parts.pending, List.of());
  }

  /// Finds the state that `expected` says, or a later one.
  ///
  /// @throws VolumeException if there is none
  static RecoveredVolume read(Backing backing, Secret key, Expected expected, VolumeOptions options)
      throws IOException {
    var directory = VolumeDirectory.read(backing);
    if (directory.isEmpty()) {
      throw missing(expected);
    }
    var header = directory.header(key);
    var journals = directory.scan(header, key);
    try {
      return read(new Parts(backing, header, key, options), journals, expected);
    } catch (IOException e) {
      VolumeDirectory.close(journals);
      throw e;
    }
  }

  private static VolumeException missing(Expected expected) {
    return switch (expected) {
      case Expected.Position(var position) -> gone("record %d".formatted(position.sequence()));
      case Expected.State(var tag) -> gone("the state of tag %s".formatted(tag));
      case Expected.New _, Expected.Newest _ ->
          VolumeException.missing("there is no volume: the directory is empty");
    };
  }

  private static VolumeException gone(String seen) {
    return VolumeException.refused(
        Kind.GONE,
        "the volume is gone: its directory is empty, and CAS has seen %s of it".formatted(seen));
  }

  private static RecoveredVolume read(Parts parts, List<ScannedJournal> journals, Expected expected)
      throws IOException {
    var history = JournalChain.find(journals, expected);
    var first = history.links().getFirst().journal();
    VolumeState state;
    try {
      var checkpoint = CheckpointBody.read(first.record(0).body(), parts.header);
      parts.segments.learn(checkpoint, true);
      state =
          VolumeState.of(
              checkpoint,
              parts.shape(),
              parts.segments,
              parts.reader(),
              parts.options.tuning().cacheBytes());
    } catch (MalformedException e) {
      throw VolumeException.damaged(first.name() + ", checkpoint", e.reason());
    }
    var recovered = new RecoveredVolume(parts.header, state, parts.pending, journals);
    var replay = new VolumeReplay(parts.header, state, parts.pending, history);
    replay.run();
    state.get(new byte[0]); // the root can be read
    recovered.position = replay.position();
    recovered.inline = List.copyOf(replay.inline().values());
    return recovered;
  }

  /// What a state needs.
  private static final class Parts {
    private final Backing backing;
    private final VolumeHeader header;
    private final VolumeOptions options;
    private final SegmentTable segments;
    private final PendingSlots pending;

    Parts(Backing backing, VolumeHeader header, Secret key, VolumeOptions options) {
      this.backing = backing;
      this.header = header;
      this.options = options;
      this.pending = new PendingSlots(header.chunkSize());
      var ledger = options.tuning().ledger();
      // The keys of all mounts that the volume may still get are derived from this copy.
      var own = key.reveal(Secret::copyOf);
      Function<CheckpointBody.Mount, VolumeMount> keys =
          mount ->
              new VolumeMount(
                  mount.id(),
                  mount.salt(),
                  mount.fence(),
                  new MountKeys(own, header, mount.salt(), ledger));
      this.segments = new SegmentTable(keys, own, StoreTuning.USUAL.slots(header.chunkSize()));
    }

    VolumeShape shape() {
      return new VolumeShape(header.suite(), header.chunkSize());
    }

    SlotReader reader() {
      return new SlotReader(backing, segments, pending, header.chunkSize(), options.damage());
    }
  }

  VolumeHeader header() {
    return header;
  }

  VolumeState state() {
    return state;
  }

  PendingSlots pending() {
    return pending;
  }

  /// Returns the record that the state is that of.
  VolumePosition position() {
    return position;
  }

  /// Returns the chunks whose ciphertexts are in journals only.
  List<VolumeReplay.ChunkPlace> inline() {
    return inline;
  }

  /// Returns the highest fence of a mount that has a journal; -1 if there is none.
  long highestFence() {
    return journals.stream()
        .filter(journal -> journal.count() > 0)
        .mapToLong(ScannedJournal::fence)
        .max()
        .orElse(-1);
  }

  void closeJournals() throws IOException {
    VolumeDirectory.close(journals);
  }

  @Override
  public void close() throws IOException {
    closeJournals();
    state.segments().close();
  }
}
