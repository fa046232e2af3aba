package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.amd.CertificateTable.Kind;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.generator.CertificateTableBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateTableTest {
  private static final int ENTRY = CertificateTableBuilder.ENTRY_BYTES;
  private static final int OFFSET = 16;
  private static final int LENGTH = 20;
  private static final Octets VCEK = Octets.ofHex("11".repeat(10));
  private static final Octets ASK = Octets.ofHex("22".repeat(20));

  private static Octets table() {
    return new CertificateTableBuilder()
        .add(CertificateTableBuilder.VCEK, VCEK)
        .add(CertificateTableBuilder.ASK, ASK)
        .build();
  }

  private static void assertMalformed(Octets table) {
    var e = assertThrows(EvidenceException.class, () -> CertificateTable.parse(table));
    assertEquals(RejectionId.MALFORMED_EVIDENCE, e.id());
  }

  @Test
  void certificatesAreFoundByTheirKind() throws EvidenceException {
    var table = CertificateTable.parse(table());
    assertEquals(Optional.of(VCEK), table.find(Kind.VCEK));
    assertEquals(Optional.of(ASK), table.find(Kind.ASK));
    assertEquals(Optional.empty(), table.find(Kind.ARK));
  }

  @Test
  void aGuidMayHaveItsFirstPartsReversed() throws EvidenceException {
    var table = new CertificateTableBuilder().add("8d75da6364e66445adc5f4b93be8accd", VCEK).build();
    assertEquals(Optional.of(VCEK), CertificateTable.parse(table).find(Kind.VCEK));
  }

  @Test
  void entriesThatAreNotKnownAreIgnored() throws EvidenceException {
    var table = new CertificateTableBuilder().add("ab".repeat(16), VCEK).build();
    assertEquals(Optional.empty(), CertificateTable.parse(table).entries().getFirst().kind());
  }

  @Test
  void anEmptyTableAndOneOfZerosHaveNoEntries() throws EvidenceException {
    for (var size : List.of(0, 1, 24, 4096)) {
      assertEquals(List.of(), CertificateTable.parse(Octets.of(new byte[size])).entries());
    }
  }

  /// The list of entries has 72 bytes; the certificates are at 72 to 81 and 82 to 101.
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0, 71",
    "0, 73",
    "0, 93",
    "0, 102",
    "0, -1",
    "0, 2147483647",
    "24, 24",
    "24, 81",
    "24, 83",
    "24, -20"
  })
  void offsetsThatOverlapOrPointOutsideAreMalformed(int entry, int offset) {
    assertMalformed(with(entry + OFFSET, offset));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 11", "0, -1", "0, 2147483647", "24, 0", "24, 21", "24, -72"})
  void lengthsThatOverlapOrPointOutsideAreMalformed(int entry, int length) {
    assertMalformed(with(entry + LENGTH, length));
  }

  private static Octets with(int at, int value) {
    var bytes = table().toBytes();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return Octets.of(bytes);
  }

  @Test
  void aTableEndsWithAnEntryOfZeros() {
    for (var length = 1; length < 3 * ENTRY; length++) {
      assertMalformed(table().slice(0, length));
    }
  }

  @Test
  void aKindIsThereOnce() {
    assertMalformed(
        new CertificateTableBuilder()
            .add(CertificateTableBuilder.VCEK, VCEK)
            .add(CertificateTableBuilder.VCEK, VCEK)
            .build());
  }

  @Test
  void theNumberOfEntriesIsLimited() {
    var builder = new CertificateTableBuilder();
    for (var i = 0; i < 33; i++) {
      builder.add("ab%02x".formatted(i) + "00".repeat(13) + "01", VCEK);
    }
    assertMalformed(builder.build());
  }
}
