package dev.testudo.agent.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.channel.HostInputs;
import dev.testudo.trust.channel.Problem;
import dev.testudo.trust.channel.ProgramStart;
import dev.testudo.trust.channel.ProtectedFiles;
import dev.testudo.trust.channel.Renewal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RenewalsTest {
  private static final Duration DUE = Duration.ofDays(20);
  private static final Duration END = Duration.ofDays(30);

  private final Instant start = Instant.parse("2026-05-01T12:00:00Z");
  private final List<AgentEvent> events = new ArrayList<>();
  private final List<Duration> asked = new ArrayList<>();
  private final List<String> tickets = new ArrayList<>();
  private Instant now = start;

  /// Answers to requests; the last one repeats.
  private final Deque<Answer> answers = new ArrayDeque<>();

  private interface Answer {
    Configuration give() throws AgentFailure, IOException;
  }

  private static Answer configuration(Renewal... renewal) {
    return () ->
        new Configuration(
            new ProgramStart(List.of(), Map.of(), Optional.empty()),
            List.of(),
            FileTemplates.NONE,
            ProtectedFiles.NONE,
            new Configuration.Origin("a", "h", false, List.of(renewal).stream().findFirst()),
            HostInputs.NONE);
  }

  private static Renewal renewal(String ticket) {
    return new Renewal(ticket, DUE, END);
  }

  private static Answer unreachable() {
    return () -> {
      throw new IOException("cannot reach CAS");
    };
  }

  /// Renews until the answers say that nothing ends any more.
  private void run(Answer... all) {
    answers.addAll(List.of(all));
    new Renewals(this::ask, _ -> List.of("file /x"), events::add, () -> now, this::pass)
        .renew(renewal("first"));
  }

  private Configuration ask(String ticket) throws AgentFailure, IOException {
    asked.add(Duration.between(start, now));
    tickets.add(ticket);
    var answer = answers.size() > 1 ? answers.pop() : answers.getFirst();
    return answer.give();
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private static void assertWithin(Duration least, Duration most, Duration value) {
    assertTrue(value.compareTo(least) >= 0 && value.compareTo(most) <= 0, value::toString);
  }

  @Test
  void asksSoonAfterValuesAreDueAndThenForTheNextOnes() {
    run(configuration(renewal("second")), configuration());
    assertEquals(List.of("first", "second"), tickets);
    var quarter = END.minus(DUE).dividedBy(4);
    assertWithin(DUE, DUE.plus(quarter), asked.getFirst());
    assertWithin(
        asked.getFirst().plus(DUE), asked.getFirst().plus(DUE).plus(quarter), asked.getLast());
    var renewed = new AgentEvent.Renewed(List.of("file /x"));
    assertEquals(List.of(renewed, renewed), events);
  }

  @Test
  void asksAnUnreachableCasEverMoreSeldomButNotTooSeldom() {
    answers.addAll(java.util.Collections.nCopies(50, unreachable()));
    run(configuration());
    assertWithin(Duration.ofMillis(500), Duration.ofSeconds(1), asked.get(1).minus(asked.get(0)));
    for (var i = 20; i < 50; i++) {
      assertWithin(
          Duration.ofMinutes(2), Duration.ofMinutes(5), asked.get(i + 1).minus(asked.get(i)));
    }
    assertEquals(2, events.size(), "one event about all failures, and one about the success");
    assertEquals("cannot reach CAS", ((AgentEvent.NotRenewed) events.getFirst()).reason());
    assertTrue(((AgentEvent.NotRenewed) events.getFirst()).secondsLeft() > 0);
  }

  @Test
  void tellsWhenTheValuesHaveEndedAndAsksForADayMore() {
    run(unreachable());
    var last = asked.getLast();
    assertWithin(END.plus(Duration.ofDays(1)), END.plus(Duration.ofDays(1)).plusMinutes(5), last);
    assertEquals(
        List.of(false, true, true),
        events.stream().map(e -> ((AgentEvent.NotRenewed) e).secondsLeft() == 0).toList());
    assertTrue(asked.stream().anyMatch(END::equals), "asks at the end itself");
  }

  @Test
  void aRefusalNamesItsRequestAndIsNotTheEnd() {
    run(
        unreachable(),
        () -> {
          throw new AttestationException(new Problem("attestation-refused", "no", List.of(), "r1"));
        },
        configuration());
    assertEquals(
        List.of(Optional.empty(), Optional.of("r1")),
        events.subList(0, 2).stream().map(e -> ((AgentEvent.NotRenewed) e).request()).toList());
    assertEquals(new AgentEvent.Renewed(List.of("file /x")), events.getLast());
  }

  @Test
  void valuesThatAreDueAtOnceDoNotMakeTheAgentAskWithoutPause() {
    answers.addAll(
        java.util.Collections.nCopies(
            10, configuration(new Renewal("next", Duration.ZERO, Duration.ZERO))));
    run(configuration());
    for (var i = 1; i < 10; i++) {
      assertWithin(
          Duration.ofSeconds(1), Duration.ofSeconds(2), asked.get(i + 1).minus(asked.get(i)));
    }
  }
}
