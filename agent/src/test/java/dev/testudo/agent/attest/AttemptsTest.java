package dev.testudo.agent.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.Problem;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptsTest {
  private final List<Duration> pauses = new ArrayList<>();
  private final List<CasPatience.Obstacle> told = new ArrayList<>();
  private final Attempts attempts = attempts(pauses, Duration.ZERO);

  /// Time passes in pauses, and in each attempt.
  private Attempts attempts(List<Duration> pauses, Duration attempt) {
    return attempts(pauses, attempt, Duration.ofSeconds(20));
  }

  private Attempts attempts(List<Duration> pauses, Duration attempt, Duration limit) {
    var now = new AtomicLong();
    return new Attempts(
        CasAddress.parse("127.0.0.1:1").orElseThrow(),
        new CasPatience(limit, (obstacle, _) -> told.add(obstacle)),
        now::get,
        pause -> {
          pauses.add(pause);
          now.addAndGet(pause.plus(attempt).toNanos());
        });
  }

  private static CasException answer(int status) {
    return new CasException(status, new Problem("id", "many at once", List.of(), "r1"));
  }

  private AgentFailure givesUp(IOException failure) {
    return assertThrows(
        AgentFailure.class,
        () -> {
          for (var i = 0; i < 10_000; i++) {
            attempts.awaitNext(failure);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 503})
  void aBusyCasIsAskedEverMoreSeldomAndThenTheEnvironmentHasFailed(int status) {
    var end = givesUp(answer(status));
    assertEquals(AgentFailure.Kind.ENVIRONMENT_FAILED, end.kind());
    assertEquals(
        "attest to 127.0.0.1:1: CAS was busy N times within N s: many at once",
        end.line().replaceAll("busy [0-9]+ times within [0-9]+ s", "busy N times within N s"));
    var all = pauses.stream().reduce(Duration.ZERO, Duration::plus);
    assertTrue(all.compareTo(Duration.ofMinutes(3)) >= 0, pauses::toString);
    assertTrue(all.compareTo(Duration.ofMinutes(4)) < 0, pauses::toString);
    assertTrue(pauses.size() < 40, pauses::toString);
    assertTrue(pauses.getFirst().compareTo(Duration.ofMillis(250)) <= 0, pauses::toString);
    assertTrue(pauses.getLast().compareTo(Duration.ofSeconds(8)) >= 0, pauses::toString);
    assertEquals(Set.of(CasPatience.Obstacle.BUSY), Set.copyOf(told));
  }

  @Test
  void agentsThatBeginTogetherDoNotAskTogether() {
    givesUp(answer(503));
    var other = new ArrayList<Duration>();
    var others = attempts(other, Duration.ZERO);
    assertThrows(
        AgentFailure.class,
        () -> {
          for (var i = 0; i < 10_000; i++) {
            others.awaitNext(answer(503));
          }
        });
    assertTrue(!pauses.equals(other), pauses::toString);
  }

  @Test
  void aCasThatHasFailedIsNotAskedAgainAndHasNotRefused() {
    assertEquals(AgentFailure.Kind.ENVIRONMENT_FAILED, givesUp(answer(500)).kind());
    assertEquals(List.of(), pauses);
  }

  @Test
  void aCasThatComesUpIsWaitedFor() {
    var failure = new IOException("refused", new ConnectException("refused"));
    var end = givesUp(failure);
    assertEquals(AgentFailure.Kind.ENVIRONMENT_FAILED, end.kind());
    assertEquals(
        "attest to 127.0.0.1:1: CAS did not answer N times within N s: refused",
        end.line().replaceAll("[0-9]+ times within [0-9]+ s", "N times within N s"));
    var all = pauses.stream().reduce(Duration.ZERO, Duration::plus);
    assertTrue(all.compareTo(Duration.ofSeconds(20)) >= 0, pauses::toString);
    assertTrue(all.compareTo(Duration.ofSeconds(24)) <= 0, pauses::toString);
    assertTrue(pauses.getFirst().compareTo(Duration.ofMillis(250)) <= 0, pauses::toString);
    assertTrue(pauses.getLast().compareTo(Duration.ofSeconds(2)) >= 0, pauses::toString);
    assertEquals(Set.of(CasPatience.Obstacle.UNREACHABLE), Set.copyOf(told));
  }

  /// All agents that waited for CAS ask it at once when it comes up.
  @Test
  void aCasThatIsBusyOnceItHasComeUpIsAskedAgain() throws Exception {
    var patient = attempts(pauses, Duration.ofMinutes(1), Duration.ofHours(1));
    for (var i = 0; i < 10; i++) {
      patient.awaitNext(new IOException("refused", new ConnectException("refused")));
    }
    patient.awaitNext(answer(503));
    patient.awaitNext(answer(503));
    var end =
        assertThrows(
            AgentFailure.class,
            () -> {
              for (var i = 0; i < 10; i++) {
                patient.awaitNext(answer(503));
              }
            });
    assertEquals(
        "attest to 127.0.0.1:1: CAS was busy 4 times within N s: many at once",
        end.line().replaceAll("[0-9]+ s:", "N s:"));
  }

  @Test
  void aCasThatNeverAnswersIsNotWaitedForLonger() {
    var failure = new IOException("CAS did not answer in time", new TimeoutException());
    var slow = attempts(pauses, Duration.ofMinutes(1));
    assertThrows(
        AgentFailure.class,
        () -> {
          for (var i = 0; i < 10_000; i++) {
            slow.awaitNext(failure);
          }
        });
    assertEquals(1, pauses.size());
  }

  @Test
  void anythingElseEndsIt() {
    assertEquals(
        AgentFailure.Kind.ENVIRONMENT_FAILED, givesUp(new IOException("another key")).kind());
    assertEquals(List.of(), pauses);
  }
}
