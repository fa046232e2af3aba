package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Writes certificate tables as hosts of SEV-SNP guests do (AMD 56421), also wrong ones.
public final class CertificateTableBuilder {
  public static final String VCEK = "63da758de6644564adc5f4b93be8accd";
  public static final String VLEK = "a8074bc2a25a483eaae639c045a0b8a1";
  public static final String ASK = "4ab7b379bbac4fe4a02f05aef327c782";
  public static final String ARK = "c0b406a4a803495297433fb6014cd0ae";
  public static final int ENTRY_BYTES = 24;

  private record Entry(String guid, Octets content) {}

  private final List<Entry> entries = new ArrayList<>();

  /// Adds an entry.
  ///
  /// @param guid in hexadecimal, in the order of its bytes
  public CertificateTableBuilder add(String guid, Octets content) {
    entries.add(new Entry(guid, content));
    return this;
  }

  /// Returns the table, with the certificates one after the other.
  public Octets build() {
    var start = ENTRY_BYTES * (entries.size() + 1);
    var size = start + entries.stream().mapToInt(entry -> entry.content().length()).sum();
    var out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    var at = start;
    for (var entry : entries) {
      out.put(HexFormat.of().parseHex(entry.guid())).putInt(at).putInt(entry.content().length());
      at += entry.content().length();
    }
    out.position(start);
    entries.forEach(entry -> out.put(entry.content().buffer()));
    return Octets.of(out.array());
  }
}
