package dev.testudo.agent.attest.source;

import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.CredentialChallenge;
import dev.testudo.trust.channel.CredentialRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

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

  /// Returns the keys with which CAS challenges the source before it is asked, if it must show
  /// which TPM it is.
  ///
  /// @throws BusySourceException if asking again may help
  /// @throws IOException if the source does not work, in one line
  default Optional<CredentialRequest> keys() throws IOException {
    return Optional.empty();
  }

  /// As [#request(ReportData)], with the answer to a challenge.
  ///
  /// @param challenge of CAS, for the [#keys()]
  default Evidence request(ReportData data, CredentialChallenge challenge)
      throws IOException, InterruptedException {
    return request(data);
  }

  /// Returns how long to wait before the first repetition. Each further one waits twice as long.
  Duration pause();
}
