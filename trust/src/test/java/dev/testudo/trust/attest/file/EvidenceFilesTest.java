package dev.testudo.trust.attest.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Evidence.SgxQuote;
import dev.testudo.trust.attest.evidence.Evidence.SnpReport;
import dev.testudo.trust.attest.evidence.Evidence.TdxQuote;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.file.EvidenceFile.Item;
import dev.testudo.trust.generator.EventLogs;
import dev.testudo.trust.generator.EvidenceCertificates;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.pki.Pem;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever way evidence is wrapped in, the same comes out.
class EvidenceFilesTest {
  private static final String TABLE_GUID = "8d75da6364e66445adc5f4b93be8accd";

  /// As much of a quote as is looked at here; parsers refuse it later.
  private static final Octets QUOTE = Octets.ofHex("04000200810000000000" + "ab".repeat(700));

  private static final Octets REPORT = report();

  private static Octets report() {
    var bytes = new byte[1184];
    bytes[0] = 3;
    bytes[0x34] = 1;
    bytes[0x50] = 7;
    return Octets.of(bytes);
  }

  private static Octets text(String text) {
    return Octets.of(text.getBytes(UTF_8));
  }

  private static Evidence evidence(Octets file) throws EvidenceException {
    return EvidenceFiles.read(file).evidence().orElseThrow();
  }

  private static EvidenceFile certificate(String oid, byte[] extension) throws EvidenceException {
    return EvidenceFiles.read(Octets.of(EvidenceCertificates.with(oid, extension)));
  }

  private static RejectionId refused(Octets file) {
    return assertThrows(EvidenceException.class, () -> EvidenceFiles.read(file)).id();
  }

  @Test
  void rawEvidenceIsRecognisedByItsFirstBytes() throws Exception {
    assertEquals(new TdxQuote(QUOTE), evidence(QUOTE));
    var sgx = Octets.ofHex("0300020000000000" + "ab".repeat(700));
    assertEquals(new SgxQuote(sgx), evidence(sgx));
    assertEquals(new SnpReport(REPORT, Optional.empty()), evidence(REPORT));
    var table = Octets.ofHex(TABLE_GUID + "00".repeat(40));
    assertEquals(
        new SnpReport(REPORT, Optional.of(table)),
        evidence(Octets.ofHex(REPORT.hex() + table.hex())));
    assertEquals(List.of(new Item.CertificateTable(table)), EvidenceFiles.read(table).items());
    var hcl = Octets.ofHex("48434c41" + "00".repeat(40));
    assertEquals(List.of(new Item.HclReport(hcl)), EvidenceFiles.read(hcl).items());
    assertEquals(4, EvidenceFiles.read(EventLogs.boot()).log().orElseThrow().events().size());
  }

  @Test
  void textOfEachKindStandsForTheSameBytes() throws Exception {
    var base64 = Base64.getMimeEncoder().encodeToString(QUOTE.toBytes());
    var url = Base64.getUrlEncoder().withoutPadding().encodeToString(QUOTE.toBytes());
    for (var wrapped :
        List.of(
            base64,
            url,
            QUOTE.hex(),
            "0x" + QUOTE.hex().toUpperCase(Locale.ROOT) + "\n",
            Pem.write("QUOTE", QUOTE.toBytes()))) {
      assertEquals(new TdxQuote(QUOTE), evidence(text(wrapped)), wrapped.substring(0, 20));
    }
    var file =
        EvidenceFiles.read(text(Base64.getEncoder().encodeToString(text(QUOTE.hex()).toBytes())));
    assertEquals(List.of("base64", "hexadecimal"), file.wrappings());
  }

  @Test
  void certificatesCarryQuotesInEachKnownExtension() throws Exception {
    var quote = QUOTE.toBytes();
    for (var oid : List.of("1.2.840.113741.1337.6", "0.6.9.42.840.113741.1337.6")) {
      assertEquals(Optional.of(new TdxQuote(QUOTE)), certificate(oid, quote).evidence());
    }
    var cbor =
        HexFormat.of().parseHex("d9ea608259%04x".formatted(quote.length) + QUOTE.hex() + "41aa");
    assertEquals(Optional.of(new TdxQuote(QUOTE)), certificate("2.23.133.5.4.9", cbor).evidence());
    var nested = EvidenceCertificates.octets(quote);
    assertEquals(
        Optional.of(new TdxQuote(QUOTE)), certificate("1.3.6.1.4.1.62397.1.1", nested).evidence());
    var pem =
        Pem.write("CERTIFICATE", EvidenceCertificates.with("2.5.29.99", quote))
            + Pem.write("CERTIFICATE", EvidenceCertificates.with("1.2.840.113741.1337.6", quote));
    assertEquals(new TdxQuote(QUOTE), evidence(text(pem)));
  }

  @Test
  void certificatesWithoutAnUsableQuoteAreRefused() {
    var other = Octets.of(EvidenceCertificates.with("2.5.29.99", QUOTE.toBytes()));
    assertEquals(RejectionId.MALFORMED_EVIDENCE, refused(other));
    for (var cbor : List.of("d9ea60", "d9ea608159ffff00", "d9ea60815affffffff", "d9ea60a1004100")) {
      var bytes = EvidenceCertificates.with("2.23.133.5.4.9", HexFormat.of().parseHex(cbor));
      assertThrows(EvidenceException.class, () -> EvidenceFiles.read(Octets.of(bytes)), cbor);
    }
    var envelope = EvidenceCertificates.with("1.3.6.1.4.1.62397.1.8", new byte[9]);
    assertEquals(RejectionId.UNSUPPORTED_EVIDENCE, refused(Octets.of(envelope)));
  }

  @Test
  void jsonOfEachToolIsRead() throws Exception {
    var own = Json.writeText(EvidenceJson.encode(new TdxQuote(QUOTE)));
    assertEquals(new TdxQuote(QUOTE), evidence(text(own)));
    var table = Octets.ofHex(TABLE_GUID + "00".repeat(40));
    var configfs =
        "{\"provider\":\"sev_guest\",\"outblob\":\"%s\",\"auxblob\":\"%s\"}"
            .formatted(REPORT.base64(), table.hex());
    assertEquals(new SnpReport(REPORT, Optional.of(table)), evidence(text(configfs)));
    var trustee =
        "{\"quote\":\"%s\",\"cc_eventlog\":\"%s\"}"
            .formatted(QUOTE.base64(), EventLogs.boot().base64());
    var both = EvidenceFiles.read(text(trustee));
    assertEquals(Optional.of(new TdxQuote(QUOTE)), both.evidence());
    assertEquals(4, both.log().orElseThrow().events().size());
    var array = "[{\"imr\":3,\"event_type\":134217729,\"event\":\"a\",\"event_payload\":\"\"}]";
    var dstack =
        "{\"quote\":\"%s\",\"event_log\":\"%s\"}"
            .formatted(QUOTE.hex(), array.replace("\"", "\\\""));
    assertEquals(1, EvidenceFiles.read(text(dstack)).log().orElseThrow().events().size());
    assertEquals(1, EvidenceFiles.read(text(array)).log().orElseThrow().events().size());
  }

  @Test
  void azuresEvidenceIsReadInItsOldAndNewForms() throws Exception {
    var hcl = Octets.ofHex("48434c41");
    var tpm = new Evidence.TpmQuote(Octets.ofHex("aabb"), Octets.ofHex("cc"), Octets.ofHex("0102"));
    var fresh = "{\"message\":\"aabb\",\"signature\":\"cc\",\"pcrs\":[\"01\",\"02\"]}";
    var tdx =
        "{\"version\":1,\"tpm_quote\":%s,\"hcl_report\":\"SENMQQ==\",\"td_quote\":\"%s\"}"
            .formatted(fresh, QUOTE.base64());
    assertEquals(new Evidence.AzureTdx(hcl, tpm, QUOTE), evidence(text(tdx)));
    var pem = Pem.write("CERTIFICATE", new byte[] {1, 2, 3});
    var snp =
        "{\"version\":2,\"tpm_quote\":%s,\"hcl_report\":\"SENMQQ\",\"vcek\":\"AQID\"}"
            .formatted(fresh);
    assertEquals(new Evidence.AzureSnp(hcl, tpm, text(pem)), evidence(text(snp)));
    var old =
        ("{\"quote\":{\"message\":[170,187],\"signature\":[204],\"pcrs\":[[1],[2]]},"
                + "\"report\":[72,67,76,65],\"vcek\":\"%s\"}")
            .formatted(pem.replace("\n", "\\n"));
    assertEquals(new Evidence.AzureSnp(hcl, tpm, text(pem)), evidence(text(old)));
  }

  @Test
  void whateverElseAFileHoldsIsRefusedWithAReason() {
    var half = REPORT.slice(0, 600);
    var followed = Octets.ofHex(REPORT.hex() + "0102");
    for (var wrong :
        List.of(
            text(""),
            text(" \n"),
            text("not evidence!"),
            text("{}"),
            text("{"),
            text("[1.5]"),
            text("{\"quote\":5}"),
            text("{\"outblob\":[300]}"),
            text("{\"outblob\":\"\"}"),
            text("{\"hcl_report\":\"00\",\"tpm_quote\":{}}"),
            text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            text("-----BEGIN X-----"),
            text("[".repeat(100_000)),
            text("ff".repeat(600_000)),
            text("00"),
            half,
            followed,
            Octets.ofHex("0400020082000000" + "00".repeat(48)),
            Octets.ofHex("d9ea60" + "00".repeat(48)),
            Octets.ofHex("3082ffff30" + "00".repeat(48)),
            Octets.of(new byte[40_000]))) {
      var thrown = assertThrows(EvidenceException.class, () -> EvidenceFiles.read(wrong));
      assertTrue(thrown.reason().lines().count() == 1, thrown::reason);
    }
  }

  @Test
  void wrappingsHaveALimit() {
    var wrapped = QUOTE.toBytes();
    for (var i = 0; i < 5; i++) {
      wrapped = Base64.getEncoder().encode(wrapped);
    }
    assertEquals(RejectionId.MALFORMED_EVIDENCE, refused(Octets.of(wrapped)));
  }

  @Test
  void randomBytesAndDamagedFilesAreRefusedOrRead() throws Exception {
    var random = new Random(1);
    var certificate = EvidenceCertificates.with("1.2.840.113741.1337.6", QUOTE.toBytes());
    var seeds =
        List.of(
            certificate,
            EventLogs.boot().toBytes(),
            text(Pem.write("CERTIFICATE", certificate)).toBytes(),
            Json.write(EvidenceJson.encode(new TdxQuote(QUOTE))));
    for (var round = 0; round < 4000; round++) {
      var bytes = seeds.get(round % seeds.size()).clone();
      for (var i = 0; i < 3; i++) {
        bytes[random.nextInt(Math.min(bytes.length, 300))] = (byte) random.nextInt();
      }
      try {
        assertTrue(!EvidenceFiles.read(Octets.of(bytes)).items().isEmpty());
      } catch (EvidenceException e) {
        // That is the answer to a damaged file.
      }
    }
  }
}
