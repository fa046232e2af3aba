package dev.testudo.cas.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.Eventually;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AdmissionTest {
  private final KeyHash owner = Identity.ephemeral("owner").keyHash();
  private final KeyHash stranger = Identity.ephemeral("stranger").keyHash();
  private final Callers callers = new Callers(Set.of(owner), System::nanoTime);
  private final Admission admission = new Admission(callers, System::nanoTime);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() {
    release.countDown();
    admission.close();
  }

  private static Caller caller(KeyHash key, String address) {
    return new Caller(
        Optional.empty(), Optional.of(key), InetAddress.ofLiteral(address), "request");
  }

  private String await() throws IOException {
    try {
      release.await();
      return "done";
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void workThatEndsInAnErrorCostsNoWorker() throws Exception {
    var caller = caller(owner, "192.0.2.1");
    for (var i = 0; i < 2 * Limit.WORKERS.value(); i++) {
      var large = i % 2 == 0;
      assertThrows(
          IOException.class,
          () ->
              admission.work(
                  caller,
                  large,
                  () -> {
                    throw new StackOverflowError("as deep as somebody else wants");
                  }));
    }
    assertEquals("small", admission.work(caller, false, () -> "small"));
    assertEquals("large", admission.work(caller, true, () -> "large"));
  }

  @Test
  void whateverStrangersDoAnOwnerIsWorkedFor() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var flood = new ArrayList<Future<String>>();
      for (var i = 0; i < 600; i++) {
        var from = caller(stranger, "127.0.1." + i % 250);
        flood.add(threads.submit(() -> admission.work(from, i2() % 2 == 0, this::await)));
      }
      Eventually.holds(() -> flood.stream().anyMatch(Future::isDone), () -> "there is no end");
      for (var i = 0; i < 100; i++) {
        assertEquals("now", admission.work(caller(owner, "127.0.1.1"), false, () -> "now"));
      }
      release.countDown();
      var busy = 0;
      for (var one : flood) {
        try {
          assertEquals("done", one.get());
        } catch (ExecutionException e) {
          assertEquals(RefusalId.BUSY, assertInstanceOf(Refused.class, e.getCause()).id());
          busy++;
        }
      }
      assertTrue(busy > 0, "the queue has an end");
    }
  }

  private int count;

  private synchronized int i2() {
    return count++;
  }

  @Test
  void anAgentAtAnAddressThatAttestedIsNoStranger() {
    var agent = caller(stranger, "127.0.0.9");
    assertEquals(Rank.STRANGER, callers.rank(agent));
    callers.attested(agent);
    assertEquals(Rank.KNOWN, callers.rank(agent));
    assertEquals(Rank.NEIGHBOUR, callers.rank(caller(owner2(), "127.0.0.9")));
    assertEquals(Rank.STRANGER, callers.rank(caller(owner2(), "127.0.0.8")));
    assertEquals(Rank.KNOWN, callers.rank(caller(owner, "127.0.0.8")));
  }

  private static KeyHash owner2() {
    return Identity.ephemeral("fresh").keyHash();
  }

  @Test
  void whoCreatedASessionWaitsForAgentsButNotForStrangers() {
    var creator = caller(stranger, "127.0.0.8");
    callers.created(stranger);
    assertEquals(Rank.CREATOR, callers.rank(creator));
    assertEquals(Rank.STRANGER, callers.rank(caller(owner2(), "127.0.0.8")));
    assertTrue(Rank.NEIGHBOUR.compareTo(Rank.CREATOR) < 0);
    assertFalse(Rank.CREATOR.isTrusted());
  }

  @Test
  void whoWaitsForKeysKeepsNoWorkerFromOthers() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = new ArrayList<Future<String>>();
      var aside = new CountDownLatch(Limit.UNKNOWN_ASIDE.value());
      for (var i = 0; i < Limit.UNKNOWN_ASIDE.value(); i++) {
        var from = caller(owner2(), "127.0.2." + i % 8);
        waiting.add(
            threads.submit(
                () ->
                    admission.work(
                        from,
                        false,
                        () ->
                            admission.aside(
                                () -> {
                                  aside.countDown();
                                  return await();
                                }))));
      }
      aside.await();
      var other = caller(stranger, "127.0.0.1");
      assertEquals("now", admission.work(other, false, () -> "now"));
      var oneMore =
          assertThrows(
              Refused.class,
              () -> admission.work(other, false, () -> admission.aside(this::await)));
      assertEquals(RefusalId.BUSY, oneMore.id());
      release.countDown();
      for (var one : waiting) {
        assertEquals("done", one.get());
      }
      assertEquals("now", admission.work(other, false, () -> admission.aside(() -> "now")));
    }
  }

  @Test
  void oneAddressHasNotAllPlacesAside() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var aside = new CountDownLatch(Limit.ADDRESS_ASIDE.value());
      var from = caller(stranger, "127.0.0.1");
      for (var i = 0; i < Limit.ADDRESS_ASIDE.value(); i++) {
        var key = caller(owner2(), "127.0.0.1");
        var _ =
            threads.submit(
                () ->
                    admission.work(
                        key,
                        false,
                        () ->
                            admission.aside(
                                () -> {
                                  aside.countDown();
                                  return await();
                                })));
      }
      aside.await();
      assertThrows(
          Refused.class, () -> admission.work(from, false, () -> admission.aside(this::await)));
      var elsewhere = caller(stranger, "127.0.0.2");
      assertEquals("now", admission.work(elsewhere, false, () -> admission.aside(() -> "now")));
      release.countDown();
    }
  }

  @Test
  void aRefusalAndAFailureReachTheirCaller() {
    var who = caller(stranger, "127.0.0.1");
    var refused =
        assertThrows(
            Refused.class,
            () ->
                admission.work(
                    who,
                    false,
                    () -> {
                      throw new Refused(RefusalId.UNKNOWN_SESSION, "no");
                    }));
    assertEquals(RefusalId.UNKNOWN_SESSION, refused.id());
    assertThrows(
        IOException.class,
        () ->
            admission.work(
                who,
                false,
                () -> {
                  throw new IOException("disk");
                }));
  }

  @Test
  void whoHoldsMostGivesWayWhenThereAreTooManyBytes() {
    var gone = new ArrayList<String>();
    var small = admission.hold(caller(stranger, "127.0.0.1"), () -> gone.add("small"));
    small.add(1000);
    var first = admission.hold(caller(stranger, "127.0.0.2"), () -> gone.add("first"));
    first.add(Limit.STRANGERS_HELD_BYTES.value() - 2000);
    assertTrue(gone.isEmpty());
    var second = admission.hold(caller(stranger, "127.0.0.3"), () -> gone.add("second"));
    second.add(3000);
    assertEquals(List.of("first"), gone);
    first.add(1_000_000);
    assertEquals(List.of("first"), gone, "it holds nothing any more");
    var known = admission.hold(caller(owner, "127.0.0.3"), () -> gone.add("known"));
    known.add(Limit.STRANGERS_HELD_BYTES.value());
    assertEquals(1, gone.size());
    small.close();
    second.close();
    known.close();
  }

  @Test
  void aStrangersRequestsAreSlowedDownAndNotAnotherKeys() throws Exception {
    var flooder = caller(stranger, "127.0.0.1");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      var made = threads.submit(() -> paced(flooder, end));
      var honest = 0;
      while (System.nanoTime() < end) {
        admission.pace(caller(owner2(), "127.0.0.1"));
        honest++;
        Thread.sleep(100);
      }
      assertTrue(made.get() <= 20 + 2 * Limit.STRANGERS_PER_SECOND.value() + 2, made.get() + "");
      assertFalse(honest == 0);
    }
  }

  private int paced(Caller who, long end) throws Refused {
    var made = 0;
    for (; System.nanoTime() < end; made++) {
      admission.pace(who);
    }
    return made;
  }
}
