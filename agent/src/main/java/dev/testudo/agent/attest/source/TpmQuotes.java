package dev.testudo.agent.attest.source;

import dev.testudo.agent.attest.tpm.AttestingTpm;
import dev.testudo.agent.attest.tpm.TpmException;
import dev.testudo.agent.attest.tpm.TpmTransport;
import dev.testudo.linux.sys.KernelAttributes;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.CredentialChallenge;
import dev.testudo.trust.channel.CredentialRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Quotes of the machine's TPM. The TPM stays open while the agent runs, because it takes seconds
/// to make the keys; they are the same after each start.
final class TpmQuotes implements HardwareSource {
  /// Opens the TPM.
  interface Opener {
    /// Opens it. The caller closes it.
    TpmTransport open() throws IOException;
  }

  private static final Octets NONE = Octets.of(new byte[0]);

  private final Opener opener;
  private final Path eventLog;
  private Optional<AttestingTpm> opened = Optional.empty();

  /// @param eventLog the events that firmware and kernel measured
  TpmQuotes(Opener opener, Path eventLog) {
    this.opener = opener;
    this.eventLog = eventLog;
  }

  @Override
  public SourceName name() {
    return SourceName.TPM;
  }

  @Override
  public Isolation isolation() {
    return Isolation.TPM;
  }

  @Override
  public Duration pause() {
    return Duration.ofSeconds(1);
  }

  @Override
  public Optional<CredentialRequest> keys() throws IOException {
    return Optional.of(
        with(tpm -> new CredentialRequest(tpm.endorsementKey(), tpm.attestationKey())));
  }

  @Override
  public Evidence request(ReportData data) throws IOException {
    return with(tpm -> evidence(tpm, data, NONE));
  }

  @Override
  public Evidence request(ReportData data, CredentialChallenge challenge) throws IOException {
    return with(tpm -> evidence(tpm, data, tpm.activate(challenge.blob(), challenge.secret())));
  }

  private Evidence evidence(AttestingTpm tpm, ReportData data, Octets credential)
      throws IOException {
    var quote = tpm.quote(data.tpmQualifyingData().toBytes());
    var endorsement = new Evidence.Endorsement(tpm.endorsementKey(), tpm.certificate(), credential);
    return new Evidence.Tpm(quote, tpm.attestationKey(), endorsement, log());
  }

  private Octets log() throws IOException {
    if (!Files.exists(eventLog)) {
      throw new IOException(
          "there is no %s: the firmware has no TPM driver, or securityfs is not mounted"
              .formatted(eventLog));
    }
    return Octets.of(KernelAttributes.read(eventLog, Evidence.MOST_BYTES));
  }

  private interface Use<T> {
    T of(AttestingTpm tpm) throws IOException;
  }

  /// Uses the TPM. After a failure, it is opened anew the next time.
  private synchronized <T> T with(Use<T> use) throws IOException {
    try {
      if (opened.isEmpty()) {
        opened = Optional.of(AttestingTpm.open(opener.open()));
      }
      return use.of(opened.get());
    } catch (IOException e) {
      close();
      if (e instanceof TpmException refused && refused.mayPass()) {
        throw new BusySourceException(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  private void close() throws IOException {
    if (opened.isPresent()) {
      opened.get().close();
      opened = Optional.empty();
    }
  }
}
