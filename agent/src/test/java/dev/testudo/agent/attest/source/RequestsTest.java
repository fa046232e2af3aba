package dev.testudo.agent.attest.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestsTest {
  private static final ReportData DATA = new ReportData("ab".repeat(64));
  private static final Evidence QUOTE = new Evidence.SgxQuote(Octets.ofHex("0300"));

  private interface Answer {
    Evidence of(int attempt) throws IOException, InterruptedException;
  }

  /// A source that answers as the test says.
  private static final class Scripted implements HardwareSource {
    private final Answer answer;
    private final AtomicInteger attempts = new AtomicInteger();

    Scripted(Answer answer) {
      this.answer = answer;
    }

    @Override
    public SourceName name() {
      return SourceName.GRAMINE;
    }

    @Override
    public Isolation isolation() {
      return Isolation.SGX;
    }

    @Override
    public Duration pause() {
      return Duration.ofSeconds(2);
    }

    @Override
    public Evidence request(ReportData data) throws IOException, InterruptedException {
      return answer.of(attempts.incrementAndGet());
    }
  }

  @Test
  void aBusySourceIsAskedAFewTimesWithGrowingPauses() throws Exception {
    var source =
        new Scripted(
            attempt -> {
              if (attempt < 4) {
                throw new BusySourceException("busy");
              }
              return QUOTE;
            });
    var pauses = new ArrayList<Long>();
    assertSame(QUOTE, Requests.make(source, DATA, time -> pauses.add(time.toSeconds())));
    assertEquals(List.of(2L, 4L, 8L), pauses);
  }

  @Test
  void aSourceThatStaysBusyOrFailsIsGivenUp() {
    var busy =
        new Scripted(
            _ -> {
              throw new BusySourceException("host busy");
            });
    var refused = assertThrows(IOException.class, () -> Requests.make(busy, DATA, _ -> {}));
    assertEquals("it was busy 4 times; the last time: host busy", refused.getMessage());
    assertEquals(4, busy.attempts.get());
    var broken =
        new Scripted(
            _ -> {
              throw new IOException("broken");
            });
    assertThrows(IOException.class, () -> Requests.make(broken, DATA, _ -> {}));
    assertEquals(1, broken.attempts.get());
  }

  @Test
  void requestsOfOneProcessAreMadeOneAfterAnother() throws Exception {
    var under = new AtomicInteger();
    var most = new AtomicInteger();
    var begin = new CountDownLatch(1);
    var source =
        new Scripted(
            _ -> {
              most.accumulateAndGet(under.incrementAndGet(), Math::max);
              Thread.sleep(2);
              under.decrementAndGet();
              return QUOTE;
            });
    var tasks = new ArrayList<FutureTask<Evidence>>();
    for (var i = 0; i < 8; i++) {
      var task =
          new FutureTask<>(
              () -> {
                begin.await();
                return Requests.make(source, DATA);
              });
      tasks.add(task);
      Thread.ofPlatform().daemon().start(task);
    }
    begin.countDown();
    for (var task : tasks) {
      assertSame(QUOTE, task.get(20, TimeUnit.SECONDS));
    }
    assertEquals(1, most.get());
  }

  /// Waits as read(2) does, which nobody can interrupt.
  private static Evidence quoteAfter(CountDownLatch answer) {
    while (true) {
      try {
        answer.await();
        return QUOTE;
      } catch (InterruptedException e) {
        // The kernel does not care.
      }
    }
  }

  @Test
  void aSourceThatDoesNotAnswerIsGivenUpAndNotAskedAgainMeanwhile() throws Exception {
    var answer = new CountDownLatch(1);
    var source = new Scripted(_ -> quoteAfter(answer));
    var brief = Duration.ofMillis(10);
    var gone = assertThrows(IOException.class, () -> Requests.make(source, DATA, _ -> {}, brief));
    assertEquals("`gramine` gave no answer within 0 s", gone.getMessage());
    var refused = assertThrows(IOException.class, () -> Requests.make(source, DATA, _ -> {}));
    assertEquals(
        "an earlier request has no answer yet; nothing more is requested", refused.getMessage());
    assertEquals(1, source.attempts.get());
    answer.countDown();
    assertSame(QUOTE, Requests.make(source, DATA, _ -> {}));
  }

  @Test
  void repetitionsEndWithTheTime() {
    var busy =
        new Scripted(
            _ -> {
              throw new BusySourceException("busy");
            });
    var forever = new CountDownLatch(1);
    assertThrows(
        IOException.class,
        () -> Requests.make(busy, DATA, _ -> forever.await(), Duration.ofMillis(50)));
    assertEquals(1, busy.attempts.get());
  }
}
