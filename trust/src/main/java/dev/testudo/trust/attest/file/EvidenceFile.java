package dev.testudo.trust.attest.file;

import dev.testudo.trust.attest.eventlog.EventLog;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a file holds. Nothing about it is verified.
///
/// @param wrappings how it was wrapped, from the outside to the inside, such as `base64`
/// @param items what was found, at least one
public record EvidenceFile(List<String> wrappings, List<Item> items) {
  /// The most bytes of a file. An event log has 256 KiB on some clouds, and base64 or hexadecimal
  /// makes up to twice that.
  public static final int MOST_BYTES = 1 << 20;

  /// Copies the lists.
  public EvidenceFile {
    wrappings = List.copyOf(wrappings);
    items = List.copyOf(items);
  }

  /// A thing that a file holds.
  public sealed interface Item {
    /// Evidence that can be verified.
    record Proof(Evidence evidence) implements Item {}

    /// A report of Azure's paravisor without a quote of its TPM, so that nothing shows its age.
    record HclReport(Octets bytes) implements Item {}

    /// Certificates of a host without a report.
    record CertificateTable(Octets bytes) implements Item {}

    /// An event log.
    record Log(EventLog log) implements Item {}
  }

  /// Returns the evidence, if the file holds any.
  public Optional<Evidence> evidence() {
    return items.stream()
        .filter(Item.Proof.class::isInstance)
        .map(item -> ((Item.Proof) item).evidence())
        .findFirst();
  }

  /// Returns the event log, if the file holds one.
  public Optional<EventLog> log() {
    return items.stream()
        .filter(Item.Log.class::isInstance)
        .map(item -> ((Item.Log) item).log())
        .findFirst();
  }

  EvidenceFile in(String wrapping) {
    var all = new ArrayList<String>();
    all.add(wrapping);
    all.addAll(wrappings);
    return new EvidenceFile(all, items);
  }

  static EvidenceFile of(Item item) {
    return new EvidenceFile(List.of(), List.of(item));
  }
}
