package dev.testudo.trust.attest.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class IntelFieldsTest {
  private static final Map<String, String> ENCLAVE =
      Map.of(
          "mrEnclave", "MRENCLAVE",
          "mrSigner", "MRSIGNER",
          "attributes", "ATTRIBUTES",
          "miscSelect", "MISCSELECT",
          "reportData", "REPORTDATA");

  private static final Map<String, String> DOMAIN =
      Map.ofEntries(
          Map.entry("mrTd", "MRTD"),
          Map.entry("rtmr0", "RTMR0"),
          Map.entry("rtmr1", "RTMR1"),
          Map.entry("rtmr2", "RTMR2"),
          Map.entry("rtmr3", "RTMR3"),
          Map.entry("mrConfigId", "MRCONFIGID"),
          Map.entry("mrOwner", "MROWNER"),
          Map.entry("mrOwnerConfig", "MROWNERCONFIG"),
          Map.entry("mrSeam", "MRSEAM"),
          Map.entry("mrSignerSeam", "MRSIGNERSEAM"),
          Map.entry("seamAttributes", "SEAMATTRIBUTES"),
          Map.entry("tdAttributes", "TDATTRIBUTES"),
          Map.entry("xfam", "XFAM"),
          Map.entry("teeTcbSvn", "TEE_TCB_SVN"),
          Map.entry("teeTcbSvn2", "TEE_TCB_SVN2"),
          Map.entry("mrServiceTd", "MRSERVICETD"),
          Map.entry("reportData", "REPORTDATA"));

  private static final Map<String, String> EXTENSION =
      Map.of(
          "fmspc", "FMSPC",
          "pceId", "PCEID",
          "sgxTcbComponents", "SGX TCB components",
          "ppid", "PPID");

  static List<Vector> vectors() {
    return Stream.of("sgx", "tdx")
        .flatMap(kind -> Vectors.all(kind).stream())
        .filter(vector -> !vector.name().equals("tdx/v4-trailing-bytes"))
        .toList();
  }

  /// Returns all values by the names of their groups and their own.
  private static Map<String, String> values(List<Field> fields) {
    var values = new HashMap<String, String>();
    for (var field : fields) {
      values.putIfAbsent(field.name(), field.value());
      values(field.parts())
          .forEach((name, value) -> values.putIfAbsent(field.name() + "/" + name, value));
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void theFieldsOfEachVectorHaveTheValuesOfItsClaims(Vector vector)
      throws EvidenceException, MessageException {
    var values = values(IntelFields.describe(vector.file("quote")));
    var claims = vector.expected().object("claims");
    var isSgx = vector.name().startsWith("sgx/");
    var body = isSgx ? "enclave report/" : "TD report/";
    compare(claims, isSgx ? ENCLAVE : DOMAIN, body, values);
    assertEquals("" + claims.natural("quoteVersion"), values.get("header/version"));
    var extension = "signature data/PCK chain/certificate/SGX extension/";
    var pck = claims.object("pck");
    compare(pck, EXTENSION, extension, values);
    assertEquals("" + pck.natural("pceSvn"), values.get(extension + "PCESVN"));
    assertEquals(
        pck.text("notAfter"), values.get("signature data/PCK chain/certificate/not after"));
    assertEquals(
        pck.text("platformInstanceId"),
        values.getOrDefault(extension + "platform instance id", ""));
  }

  private static void compare(
      JsonMembers expected, Map<String, String> names, String group, Map<String, String> values)
      throws MessageException {
    for (var name : names.entrySet()) {
      if (expected.has(name.getKey())) {
        assertEquals(expected.text(name.getKey()), values.get(group + name.getValue()));
      }
    }
  }

  @Test
  void bitsHaveTheirMeaning() throws EvidenceException {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    maker.quote().body(120, "01000010");
    var report = IntelFields.describe(maker.quoteBytes()).get(1);
    var attributes =
        report.parts().stream()
            .filter(field -> field.name().equals("TDATTRIBUTES"))
            .findFirst()
            .orElseThrow();
    assertEquals("DEBUG, SEPT_VE_DISABLE", attributes.meaning());
    assertTrue(
        attributes.parts().stream()
            .anyMatch(bit -> bit.name().equals("KL") && bit.value().equals("0")));
  }

  @Test
  void bitsThatMatterToSecurityHaveNames() throws EvidenceException {
    var maker = IntelPlatformMaker.of(Kind.TDX_4);
    maker.quote().body(120, "7200012000000040");
    var report = IntelFields.describe(maker.quoteBytes()).get(1);
    var bits = new ArrayList<String>();
    for (var field : report.parts()) {
      if (field.name().equals("TDATTRIBUTES")) {
        for (var bit : field.parts()) {
          if (bit.value().equals("1")) {
            bits.add(bit.name());
          }
        }
      }
    }
    assertEquals(
        List.of("HGS_PLUS_PROF", "PERF_PROF", "PMT_PROF", "MIGRATABLE", "TPA", "bit 1", "bit 16"),
        bits);
  }

  @ParameterizedTest
  @CsvSource({"SGX_5, 1, 384", "TDX_5, 2, 584", "TDX_5_15, 3, 648"})
  void quotesOfVersion5SayWhichBodyTheyHave(Kind kind, String type, String size)
      throws EvidenceException {
    var values = values(IntelFields.describe(IntelPlatformMaker.of(kind).quoteBytes()));
    assertEquals(type, values.get("body type"));
    assertEquals(size, values.get("body size"));
  }

  @Test
  void aQuoteThatIsCutOffIsNotDescribed() {
    var quote = IntelPlatformMaker.of(Kind.SGX_3).quoteBytes();
    assertThrows(EvidenceException.class, () -> IntelFields.describe(quote.slice(0, 500)));
  }
}
