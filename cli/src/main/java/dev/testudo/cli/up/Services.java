package dev.testudo.cli.up;

import dev.testudo.cli.process.ChildOutput;
import dev.testudo.cli.process.ChildProcess;
import dev.testudo.cli.process.ProcessRunner;
import dev.testudo.cli.terminal.Display;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The agents of a running mesh.
final class Services {
  private static final Duration CONNECTION = Duration.ofSeconds(1);
  private static final Duration LAST_REPORTS = Duration.ofSeconds(10);
  private static final Duration DEATH = Duration.ofSeconds(5);

  private final ProcessRunner processes;
  private final Display display;
  private final Happenings happenings;
  private final Map<String, ChildProcess> running = new LinkedHashMap<>();

  Services(ProcessRunner processes, Display display, Happenings happenings) {
    this.processes = processes;
    this.display = display;
    this.happenings = happenings;
  }

  /// Starts the agent of `service`. Its reports come through a socket at `call.events()`.
  ChildProcess start(
      String service, Launching launching, Launching.AgentCall call, Optional<Secret> token)
      throws IOException {
    var socket = EventReceiver.listen(call.events(), call.serviceId(), reports(service));
    try {
      var agent = processes.start(launching.agent(call, token), output(service));
      running.put(service, agent);
      var _ =
          agent
              .ended()
              .thenCompose(code -> lastReports(socket).thenApply(_ -> code))
              .thenAccept(code -> happenings.add(new Happening.ServiceEnded(service, code)));
      return agent;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// Waits for the last reports of an agent, because they explain its end and should come first.
  /// The connection ends with the agent, so the wait is limited only by how fast we read. For an
  /// agent that never connected the wait is short.
  private static CompletableFuture<Void> lastReports(EventReceiver socket) {
    return socket
        .connected()
        .completeOnTimeout(null, CONNECTION.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(socket::closeQuietly)
        .thenCompose(
            _ ->
                socket
                    .done()
                    .completeOnTimeout(null, LAST_REPORTS.toMillis(), TimeUnit.MILLISECONDS));
  }

  private EventReceiver.Reports reports(String service) {
    return new EventReceiver.Reports() {
      @Override
      public void report(dev.testudo.trust.channel.AgentEvents.Line line)
          throws InterruptedException {
        happenings.report(new Happening.AgentReported(service, line));
      }

      @Override
      public void garbled(String why) {
        display.alarm("the agent of " + service + " sent an invalid report: " + why);
      }
    };
  }

  private ChildOutput output(String service) {
    return new ChildOutput() {
      @Override
      public void out(String line) {
        display.output(service, line);
      }

      @Override
      public void err(String line) {
        display.output(service, line);
      }
    };
  }

  /// Stops all agents, the last started first. Each is asked to exit and has the rest of
  /// `patience`; those that remain are killed.
  void stop(Duration patience) throws InterruptedException {
    var deadline = Instant.now().plus(patience);
    var reverse = new ArrayList<>(running.values());
    Collections.reverse(reverse);
    for (var agent : reverse) {
      agent.terminate();
      awaitEnd(agent, Duration.between(Instant.now(), deadline));
    }
    for (var agent : reverse) {
      if (!agent.ended().isDone()) {
        agent.kill();
      }
      awaitEnd(agent, DEATH);
    }
  }

  private static void awaitEnd(ChildProcess agent, Duration limit) throws InterruptedException {
    try {
      agent.ended().get(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The caller kills it next.
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
