package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.format.Suite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// After a crash at any instant, whatever became of what was not synced, the volume opens under
/// each state that CAS can have then, and has the content of some commit between that and the last
/// one issued.
class CrashTest {
  private static final int POINTS = 10_000;
  private static final int NIGHTLY_POINTS = 1_000_000;

  private final NonceLedger ledger = new NonceLedger();
  private final VolumeOptions options =
      VolumeOptions.USUAL.with(
          new StoreTuning(16 << 12, 32 << 10, 64 << 10, 48 << 10, false, ledger));

  private int points;

  private static Secret key() {
    return Secret.taking(new byte[32]);
  }

  @Test
  void everyCrashLeavesACommit() throws IOException {
    run(POINTS);
  }

  @Test
  @Tag("nightly")
  void everyCrashLeavesACommitAllNight() throws IOException {
    run(NIGHTLY_POINTS);
  }

  private void run(int most) throws IOException {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("CrashTest: -Dcrash.seed=" + seed);
    for (int i = 0; points < most; i++) {
      var suites = Suite.values();
      new Run(new Random(seed + i), suites[i % suites.length]).run();
    }
    assertTrue(ledger.encryptions() > most);
  }

  /// What CAS may have at an instant.
  ///
  /// @param calls how many calls were made before
  /// @param newest the newest durable record
  /// @param oldest what the volume was told that CAS has
  private record Instant(int calls, VolumePosition newest, VolumePosition oldest) {}

  private static final Instant NOTHING = new Instant(0, VolumePosition.NONE, VolumePosition.NONE);

  /// A volume that is written, and crashes at each call.
  private final class Run implements Acknowledgements {
    private final Random random;
    private final VolumeShape shape;
    private final MemoryBacking backing = new MemoryBacking().recording();
    private final Map<Long, VolumePosition> positions = new TreeMap<>();
    private final Map<Long, VolumeModel> states = new TreeMap<>();
    private final List<Instant> instants = new ArrayList<>();
    private VolumePosition acknowledged = VolumePosition.NONE;
    private VolumePosition newest = VolumePosition.NONE;

    Run(Random random, Suite suite) {
      this.random = random;
      this.shape = new VolumeShape(suite, 4096);
    }

    @Override
    public void durable(VolumePosition position) {
      newest = position;
      positions.put(position.sequence(), position);
      if (random.nextInt(3) > 0) {
        acknowledged = position;
      }
      instants.add(new Instant(backing.callCount(), newest, acknowledged));
    }

    @Override
    public void await(long sequence) {
      acknowledged = newest;
      instants.add(new Instant(backing.callCount(), newest, acknowledged));
    }

    @Override
    public long acknowledged() {
      return acknowledged.sequence();
    }

    @Override
    public void requireWritable() {
      // The lease is never lost.
    }

    void run() throws IOException {
      var model = new VolumeModel();
      Expected expected = new Expected.New();
      long known = 0;
      for (int mount = 0; mount < 3; mount++) {
        var volume = WritableVolume.open(backing, key(), expected, shape, options.with(0, this));
        await(0); // before it serves
        known = remember(known, model);
        for (int i = 0; i < 60; i++) {
          model.change(volume, random);
          if (random.nextInt(4) == 0) {
            volume.sync();
          }
          known = remember(known, model);
        }
        if (mount == 0) {
          volume.abandon();
          model = state(newest.sequence()).copy();
        } else {
          volume.close();
        }
        known = remember(known, model);
        expected =
            random.nextBoolean() ? new Expected.Newest() : new Expected.Position(acknowledged);
      }
      crash();
    }

    /// All records that were written since have this content.
    private long remember(long known, VolumeModel model) {
      for (long sequence = known + 1; sequence <= newest.sequence(); sequence++) {
        states.put(sequence, model.copy());
      }
      return newest.sequence();
    }

    private VolumeModel state(long sequence) {
      return Objects.requireNonNull(states.get(sequence), "a record that was never written");
    }

    private void crash() throws IOException {
      var disk = new CrashDisk();
      int at = -1;
      var calls = backing.calls();
      for (int call = 0; call <= calls.size(); call++) {
        while (at + 1 < instants.size() && instants.get(at + 1).calls <= call) {
          at++;
        }
        var instant = at < 0 ? NOTHING : instants.get(at);
        for (int variant = 0; variant < 2; variant++) {
          mount(disk.crash(random), instant);
        }
        if (call < calls.size()) {
          disk.apply(calls.get(call));
        }
      }
    }

    private Expected expected(Instant instant) {
      long from = instant.oldest.sequence();
      long to = instant.newest.sequence();
      long sequence = random.nextBoolean() ? from : from + random.nextLong(to - from + 1);
      var position = positions.get(sequence);
      if (position == null || sequence == 0) {
        return new Expected.New();
      }
      return random.nextInt(4) == 0 ? new Expected.Newest() : new Expected.Position(position);
    }

    private void mount(Map<String, byte[]> files, Instant instant) throws IOException {
      points++;
      var expected = expected(instant);
      var recovered = MemoryBacking.of(files).recording();
      var volume = open(recovered, expected);
      int opened = recovered.callCount();
      long found = volume.continued().sequence();
      boolean isNew = expected instanceof Expected.New;
      assertTrue(isNew || found >= instant.oldest.sequence(), "an older state");
      assertTrue(found <= instant.newest.sequence() + 2, "a record from the future");
      var state = isNew ? new VolumeModel() : state(found);
      state.verify(volume);
      if (random.nextInt(4) == 0) {
        var after = state.copy();
        after.change(volume, random);
        volume.sync();
        after.verify(volume);
      }
      volume.abandon();
      if (random.nextInt(8) == 0) {
        crashAgain(new CrashDisk(files), recovered.calls().subList(0, opened), expected, state);
      }
    }

    /// Another crash, while the first one is being mended.
    private void crashAgain(
        CrashDisk disk, List<MemoryBacking.Call> calls, Expected expected, VolumeModel state)
        throws IOException {
      points++;
      calls.subList(0, random.nextInt(calls.size() + 1)).forEach(disk::apply);
      var volume = open(MemoryBacking.of(disk.crash(random)), expected);
      state.verify(volume);
      volume.abandon();
    }

    private WritableVolume open(MemoryBacking disk, Expected expected) throws IOException {
      return WritableVolume.open(disk, key(), expected, shape, options.with(0, knowing(expected)));
    }

    /// CAS as it was, which learns of nothing new.
    private Acknowledgements knowing(Expected expected) {
      return switch (expected) {
        case Expected.Position(var position) -> new Silent(position.sequence());
        case Expected.New _, Expected.State _ -> new Silent(0);
        case Expected.Newest _ -> DISK;
      };
    }
  }

  /// CAS that knows a record, and no later one.
  private record Silent(long acknowledged) implements Acknowledgements {
    @Override
    public void durable(VolumePosition position) {
      // It learns nothing.
    }

    @Override
    public void await(long sequence) {
      // Whoever waits gives up.
    }

    @Override
    public void requireWritable() {
      // The lease is never lost.
    }
  }
}
