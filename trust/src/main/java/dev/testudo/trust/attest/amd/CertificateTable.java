package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The certificates that a host hands to its guest beside a report (AMD 56421, GHCB, section SNP
/// Extended Guest Request). The host writes it, so nothing in it can be believed, offsets included.
///
/// @param entries the entries in their order
record CertificateTable(List<Entry> entries) {
  private static final int ENTRY_BYTES = 24;
  private static final int GUID_BYTES = 16;
  private static final int MOST_ENTRIES = 32;

  /// Copies the list.
  CertificateTable {
    entries = List.copyOf(entries);
  }

  /// The kinds of certificates that are known here.
  enum Kind {
    VCEK("63da758de6644564adc5f4b93be8accd"),
    VLEK("a8074bc2a25a483eaae639c045a0b8a1"),
    /// The certificate between VCEK or VLEK and the root: ASK or ASVK.
    ASK("4ab7b379bbac4fe4a02f05aef327c782"),
    ARK("c0b406a4a803495297433fb6014cd0ae");

    private final String guid;

    Kind(String guid) {
      this.guid = guid;
    }

    /// Returns the kind with a GUID. Hosts write a GUID as RFC 9562 has it; some software reverses
    /// its first three parts. Both are read, because no two GUIDs here become equal so.
    private static Optional<Kind> of(Octets guid) {
      var inOrder = guid.hex();
      var reversed =
          reverse(guid.slice(0, 4))
              + reverse(guid.slice(4, 2))
              + reverse(guid.slice(6, 2))
              + guid.slice(8, 8).hex();
      return Arrays.stream(values())
          .filter(kind -> kind.guid.equals(inOrder) || kind.guid.equals(reversed))
          .findFirst();
    }

    private static String reverse(Octets part) {
      var text = new StringBuilder();
      for (var i = part.length() - 1; i >= 0; i--) {
        text.append("%02x".formatted(part.u8(i)));
      }
      return text.toString();
    }
  }

  /// An entry.
  ///
  /// @param kind empty if the GUID is not known here; such entries are ignored
  record Entry(Octets guid, Optional<Kind> kind, int offset, Octets content) {}

  /// Parses a table. One without bytes, or of zeros, has no entries: the host gave none.
  ///
  /// @throws EvidenceException if an entry points outside or into another, a kind is there twice,
  ///     or the table does not end
  static CertificateTable parse(Octets table) throws EvidenceException {
    var entries = new ArrayList<Entry>();
    if (table.isZero()) {
      return new CertificateTable(entries);
    }
    for (var at = 0; ; at += ENTRY_BYTES) {
      if (at > table.length() - ENTRY_BYTES) {
        throw malformed("it does not end with an entry of zeros");
      }
      if (table.slice(at, GUID_BYTES).isZero()) {
        checkPlaces(entries, at + ENTRY_BYTES);
        checkKinds(entries);
        return new CertificateTable(entries);
      }
      if (entries.size() == MOST_ENTRIES) {
        throw malformed("it has more than %d entries".formatted(MOST_ENTRIES));
      }
      entries.add(entry(table, at));
    }
  }

  private static Entry entry(Octets table, int at) throws EvidenceException {
    var guid = table.slice(at, GUID_BYTES);
    var offset = table.u32(at + GUID_BYTES);
    var length = table.u32(at + GUID_BYTES + 4);
    if (length == 0 || offset + length > table.length()) {
      throw malformed(
          "entry %d has offset %d and length %d, in a table of %d bytes"
              .formatted(at / ENTRY_BYTES, offset, length, table.length()));
    }
    return new Entry(guid, Kind.of(guid), (int) offset, table.slice((int) offset, (int) length));
  }

  private static void checkPlaces(List<Entry> entries, int end) throws EvidenceException {
    var free = end;
    for (var entry : entries.stream().sorted((a, b) -> a.offset() - b.offset()).toList()) {
      if (entry.offset() < free) {
        throw malformed(
            "the entry at offset %d overlaps another, or the list of entries"
                .formatted(entry.offset()));
      }
      free = entry.offset() + entry.content().length();
    }
  }

  private static void checkKinds(List<Entry> entries) throws EvidenceException {
    Map<Kind, Entry> seen = new EnumMap<>(Kind.class);
    for (var entry : entries) {
      if (entry.kind().isPresent() && seen.put(entry.kind().get(), entry) != null) {
        throw malformed("it has two certificates of the kind %s".formatted(entry.kind().get()));
      }
    }
  }

  /// Returns the certificate of a kind, in DER.
  Optional<Octets> find(Kind kind) {
    return entries.stream()
        .filter(entry -> entry.kind().equals(Optional.of(kind)))
        .map(Entry::content)
        .findFirst();
  }

  private static EvidenceException malformed(String reason) {
    return new EvidenceException(
        RejectionId.MALFORMED_EVIDENCE, "the host's certificate table is malformed: " + reason);
  }
}
