package dev.testudo.volume.freshness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.freshness.TagStore.Answer;
import dev.testudo.volume.store.VolumePosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TagKeeperTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final TagSync STRICT = new TagSync.Strict(Duration.ofSeconds(20));

  private final Cas cas = new Cas();
  private final List<TagKeeper> keepers = new ArrayList<>();

  /// CAS as a holder sees it: it answers, is silent, or has given the volume away.
  private static final class Cas implements TagStore, TagListener {
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile VolumePosition position = position(1);
    private volatile Duration lease = LONG;
    private volatile boolean reachable = true;
    private volatile boolean taken;
    private volatile boolean defective;
    private volatile boolean released;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public Answer advance(VolumePosition from, VolumePosition to) throws IOException {
      var answer = answer(new Answer.Recorded());
      if (answer instanceof Answer.Recorded) {
        assertEquals(position, from);
        position = to;
      }
      return answer;
    }

    @Override
    public Answer renew() throws IOException {
      return answer(new Answer.Renewed(leaseEnd()));
    }

    private long leaseEnd() {
      return System.nanoTime() + lease.toNanos();
    }

    private Answer answer(Answer usual) throws IOException {
      requests.incrementAndGet();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      if (defective) {
        throw new IllegalStateException("a defect");
      }
      if (!reachable) {
        throw new IOException("no route");
      }
      return taken ? new Answer.Lost("taken over") : usual;
    }

    @Override
    public void release() {
      released = true;
    }

    @Override
    public void silent(String reason) {
      events.add("silent: " + reason);
    }

    @Override
    public void answers() {
      events.add("answers");
    }

    @Override
    public void lost(String reason) {
      events.add("lost: " + reason);
    }

    private String event() throws InterruptedException {
      return String.valueOf(events.poll(10, TimeUnit.SECONDS));
    }
  }

  private static VolumePosition position(long sequence) {
    return new VolumePosition(sequence, new VolumeTag("%032x".formatted(sequence)));
  }

  private TagKeeper keeper(TagSync sync) {
    var keeper = TagKeeper.start(cas, position(1), cas.leaseEnd(), sync, cas);
    keepers.add(keeper);
    return keeper;
  }

  @AfterEach
  void stop() {
    cas.gate.countDown();
    keepers.forEach(TagKeeper::close);
  }

  @Test
  void aStrictSyncReturnsWhenCasHasTheState() throws IOException {
    var keeper = keeper(STRICT);
    keeper.durable(position(2));
    keeper.await(2);
    assertEquals(position(2), cas.position);
    assertEquals(2, keeper.acknowledged());
  }

  @Test
  void aStrictSyncFailsWhenCasIsSilentAndWorksAgainAfterwards() throws Exception {
    cas.reachable = false;
    var keeper = keeper(new TagSync.Strict(Duration.ofMillis(200)));
    keeper.durable(position(2));
    assertThrows(LeaseLostException.class, () -> keeper.await(2));
    assertEquals("silent: no route", cas.event());
    assertEquals(1, keeper.acknowledged());
    cas.reachable = true;
    assertEquals("answers", cas.event());
    keeper.await(2);
    assertEquals(position(2), cas.position);
  }

  @Test
  void statesThatComeDuringARequestAreRecordedTogether() throws Exception {
    cas.gate = new CountDownLatch(1);
    var keeper = keeper(STRICT);
    keeper.durable(position(2));
    while (cas.requests.get() == 0) {
      Thread.onSpinWait();
    }
    for (var sequence = 3; sequence <= 100; sequence++) {
      keeper.durable(position(sequence));
    }
    cas.gate.countDown();
    keeper.await(100);
    assertEquals(position(100), cas.position);
    assertEquals(2, cas.requests.get());
  }

  @Test
  void aBoundedSyncWaitsOnlyAfterItsWindow() throws Exception {
    cas.reachable = false;
    var window = Duration.ofSeconds(2); // a busy machine must not outlast it before the first look
    var keeper = keeper(new TagSync.Bounded(window));
    keeper.durable(position(2));
    keeper.await(2);
    keeper.requireWritable();
    assertEquals("silent: no route", cas.event());
    Thread.sleep(window.plusMillis(50));
    var writer = Thread.ofPlatform().start(() -> assertWritable(keeper));
    writer.join(Duration.ofMillis(200));
    assertTrue(writer.isAlive(), "a change waits while CAS has not recorded the state");
    cas.reachable = true;
    writer.join();
    assertEquals(position(2), cas.position);
  }

  @Test
  void whereNobodyWaitsCasIsToldOfManyStatesAtOnce() throws Exception {
    var keeper = keeper(new TagSync.Bounded(LONG));
    for (int i = 2; i <= 1000; i++) {
      keeper.durable(position(i));
      keeper.await(i);
      Thread.sleep(Duration.ofNanos(100_000));
    }
    keeper.awaitRecorded(1000);
    assertEquals(position(1000), cas.position);
    assertTrue(cas.requests.get() < 100, cas.requests + " requests");
  }

  @Test
  void theWindowBeginsWithTheFirstStateThatCasLacks() throws Exception {
    var window = Duration.ofSeconds(2);
    var keeper = keeper(new TagSync.Bounded(window));
    Thread.sleep(window.plusMillis(100)); // nothing changes for longer than the window
    cas.reachable = false;
    keeper.durable(position(2));
    keeper.await(2);
    assertEquals(1, keeper.acknowledged());
  }

  @Test
  void aStateBeforeTheNewestOneTakesNothingBack() throws Exception {
    cas.gate = new CountDownLatch(1);
    var keeper = keeper(STRICT);
    keeper.durable(position(3));
    keeper.durable(position(2));
    cas.gate.countDown();
    keeper.await(3);
    assertEquals(position(3), cas.position);
  }

  @Test
  void aDefectEndsAllChanges() throws Exception {
    cas.defective = true;
    var keeper = keeper(new TagSync.Bounded(LONG));
    keeper.durable(position(2));
    assertEquals(
        "lost: a defect of the agent: java.lang.IllegalStateException: a defect", cas.event());
    assertThrows(LeaseLostException.class, keeper::requireWritable);
    assertFalse(keeper.finish(Duration.ofSeconds(1)));
  }

  private static void assertWritable(TagKeeper keeper) {
    try {
      keeper.requireWritable();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoeverLostTheLeaseChangesNothing() throws Exception {
    cas.taken = true;
    var keeper = keeper(new TagSync.Bounded(LONG));
    keeper.durable(position(2));
    assertEquals("lost: taken over", cas.event());
    assertThrows(LeaseLostException.class, keeper::requireWritable);
    assertThrows(LeaseLostException.class, () -> keeper.await(2));
    assertEquals(position(1), cas.position);
    assertFalse(keeper.finish(Duration.ofSeconds(1)));
    assertFalse(cas.released);
  }

  @Test
  void anEndedLeaseStopsChangesUntilCasRenewsIt() throws Exception {
    cas.lease = Duration.ofSeconds(2);
    var keeper = keeper(new TagSync.Informative());
    while (cas.requests.get() < 2) {
      Thread.sleep(10);
    }
    keeper.requireWritable();
    cas.reachable = false;
    assertEquals("silent: no route", cas.event());
    Thread.sleep(cas.lease);
    assertThrows(LeaseLostException.class, keeper::requireWritable);
    cas.lease = LONG;
    cas.reachable = true;
    assertEquals("answers", cas.event());
    keeper.requireWritable();
  }

  @Test
  void theLeaseIsReleasedAfterTheLastState() throws Exception {
    var keeper = keeper(STRICT);
    keeper.durable(position(5));
    assertTrue(keeper.finish(Duration.ofSeconds(10)));
    assertEquals(position(5), cas.position);
    assertTrue(cas.released);
  }

  @Test
  void theLeaseIsNotReleasedIfCasLacksTheLastState() throws Exception {
    cas.reachable = false;
    var keeper = keeper(STRICT);
    keeper.durable(position(5));
    assertFalse(keeper.finish(Duration.ofMillis(200)));
    assertFalse(cas.released);
  }
}
