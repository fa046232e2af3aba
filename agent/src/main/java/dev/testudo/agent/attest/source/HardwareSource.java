package dev.testudo.agent.attest.source;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.time.Duration;

/// A place from which the evidence of hardware comes. [Requests] calls it: one request at a time.
public interface HardwareSource {
  /// Returns its name.
  SourceName name();

  /// Returns what vouches for the program.
  Isolation isolation();

  /// Requests evidence that is bound to `data`. Takes tens of milliseconds or more; the hosts of
  /// TDX guests make quotes one after another.
  ///
  /// @throws BusySourceException if asking again may help
  /// @throws IOException if the source does not work, in one line
  Evidence request(ReportData data) throws IOException, InterruptedException;

  /// Returns how long to wait before the first repetition. Each further one waits twice as long.
  Duration pause();
}
