package dev.testudo.cli.up;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.process.ChildOutput;
import dev.testudo.cli.process.ChildProcess;
import dev.testudo.cli.process.ProcessRunner;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/// The CAS process of a running mesh.
final class CasRunner {
  private static final Duration STOP = Duration.ofSeconds(10);

  private final ChildProcess process;
  private final BoundedLog log;

  private CasRunner(ChildProcess process, BoundedLog log) {
    this.process = process;
    this.log = log;
  }

  /// Starts CAS. Its standard output arrives as happenings; its log goes to `run/cas.log`.
  static CasRunner start(
      ProcessRunner processes,
      Launching launching,
      MeshDirectory state,
      OptionalInt user,
      KeyHash owner,
      Happenings happenings)
      throws IOException {
    var log = BoundedLog.create(state.run().resolve("cas.log"));
    var output =
        new ChildOutput() {
          @Override
          public void out(String line) {
            happenings.add(new Happening.CasSaid(line));
          }

          @Override
          public void err(String line) {
            log.line(line);
          }
        };
    try {
      var process = processes.start(launching.cas(state.casState(), user, owner), output);
      var _ = process.ended().thenAccept(code -> happenings.add(new Happening.CasEnded(code)));
      return new CasRunner(process, log);
    } catch (IOException e) {
      log.close();
      throw e;
    }
  }

  /// Waits for the line with the address of CAS.
  ///
  /// @throws CommandFailed if CAS ends before, prints something else, or takes longer
  ///     than `patience`
  static RunningCas awaitReady(CasRunner cas, Happenings happenings, Duration patience)
      throws CommandFailed, InterruptedException {
    var deadline = Instant.now().plus(patience);
    while (Instant.now().isBefore(deadline)) {
      var next = happenings.next(Duration.between(Instant.now(), deadline));
      if (next.isEmpty()) {
        break;
      }
      switch (next.get()) {
        case Happening.CasSaid(var line) -> {
          return parse(line);
        }
        case Happening.CasEnded(var code) -> throw CommandFailed.environment(cas.death(code));
        case Happening.StopRequested _ -> throw stopped();
        case Happening.AgentReported _,
            Happening.ServiceEnded _,
            Happening.CommandEnded _,
            Happening.Stopped _ -> {}
      }
    }
    throw CommandFailed.environment("CAS was not ready within " + patience.toSeconds() + " s");
  }

  static CommandFailed stopped() {
    return CommandFailed.environment("stopped before the mesh was up");
  }

  private static RunningCas parse(String line) throws CommandFailed {
    try {
      return RunningCas.parse(line);
    } catch (MessageException e) {
      throw CommandFailed.environment("CAS did not report its address: " + e.getMessage());
    }
  }

  /// Returns one line about the end of CAS.
  String death(int code) {
    List<String> last = log.last();
    return "CAS ended %s%s"
        .formatted(
            Endings.how(code), last.isEmpty() ? "" : "; its last log line: " + last.getLast());
  }

  void stop() throws InterruptedException, IOException {
    process.stop(STOP);
    log.close();
  }
}
