package dev.testudo.fuzz;

import dev.testudo.trust.attest.eventlog.BootFacts;
import dev.testudo.trust.attest.eventlog.EventLog;
import dev.testudo.trust.attest.eventlog.EventLogFields;
import dev.testudo.trust.attest.eventlog.ReplayedLog;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFiles;

/// Files about attestation in every wrapping, and event logs. What is wrong with them is an
/// [EvidenceException]; what is read can be replayed and described.
public final class EvidenceFileTarget {
  private EvidenceFileTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      var found = EvidenceFiles.read(Octets.of(input));
      if (found.items().isEmpty()) {
        throw new AssertionError("a file was read that holds nothing");
      }
      found.log().ifPresent(EvidenceFileTarget::replay);
    } catch (EvidenceException e) {
      // That is the answer to a damaged input.
    }
  }

  private static void replay(EventLog log) {
    var replayed = ReplayedLog.of(log, log.replay());
    if (!replayed.holds() || replayed.believed().size() != log.events().size()) {
      throw new AssertionError("a log does not give its own registers");
    }
    var _ = BootFacts.of(replayed);
    var _ = EventLogFields.describe(log);
  }
}
