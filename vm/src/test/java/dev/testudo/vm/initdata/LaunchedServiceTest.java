package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchedServiceTest {
  private static final String KEY = "1".repeat(32);
  private static final LaunchedService API =
      new LaunchedService(
          new KeyHash(KEY),
          ServiceId.parse("shop/api/gunicorn").orElseThrow(),
          new Measurement("ab".repeat(32)));
  private static final String TEXT =
      """
      version = "0.1.0"
      cas = "%s"
      session = "shop/api"
      service = "gunicorn"
      image = "%s"
      """
          .formatted(KEY, "ab".repeat(32));

  @Test
  void whatIsWrittenIsReadAgain() throws VmException {
    assertEquals(TEXT, API.write());
    assertEquals(API, read(TEXT));
    var initdata = Initdata.of(InitdataAlgorithm.SHA384, Map.of(LaunchedService.NAME, TEXT));
    assertEquals(API, LaunchedService.in(initdata));
  }

  @Test
  void initdataOfOthersNamesNoService() throws VmException {
    var foreign = Initdata.of(InitdataAlgorithm.SHA256, Map.of("policy.rego", ""));
    var refused = assertThrows(VmException.class, () -> LaunchedService.in(foreign));
    assertEquals(Reason.LACKING, refused.reason());
  }

  @Test
  void anUnknownMissingOrRepeatedMemberIsMalformed() {
    assertEquals(Reason.MALFORMED, refusal(TEXT + "debug = \"true\"\n"));
    assertEquals(Reason.MALFORMED, refusal(TEXT + "service = \"gunicorn\"\n"));
    for (var line : TEXT.split("\n", -1)) {
      if (!line.isEmpty()) {
        assertEquals(Reason.MALFORMED, refusal(TEXT.replace(line + "\n", "")), line);
      }
    }
  }

  @Test
  void aValueThatIsNoNameKeyOrMeasurementIsMalformed() {
    assertEquals(Reason.MALFORMED, refusal(TEXT.replace(KEY, "0")));
    assertEquals(Reason.MALFORMED, refusal(TEXT.replace("ab".repeat(32), "ab".repeat(31))));
    assertEquals(Reason.MALFORMED, refusal(TEXT.replace("shop/api", "shop//api")));
    assertEquals(Reason.MALFORMED, refusal(TEXT.replace("shop/api", "")));
    assertEquals(Reason.MALFORMED, refusal(TEXT.replace("gunicorn", "a/b")));
    assertEquals(Reason.MALFORMED, refusal(TEXT.replace("gunicorn", "")));
  }

  @Test
  void otherVersionsAndTablesAreNotSupported() {
    assertEquals(Reason.UNSUPPORTED, refusal(TEXT.replace("0.1.0", "0.2.0")));
    assertEquals(Reason.UNSUPPORTED, refusal(TEXT + "[data]\n"));
    assertEquals(Reason.UNSUPPORTED, refusal(TEXT.replace("\"0.1.0\"", "1")));
  }

  @Test
  void aLongDocumentIsRefusedAsSuch() {
    assertEquals(Reason.TOO_LARGE, refusal(TEXT + "#".repeat(LaunchedService.MOST_BYTES)));
  }

  private static Reason refusal(String text) {
    return assertThrows(VmException.class, () -> read(text)).reason();
  }

  private static LaunchedService read(String text) throws VmException {
    return LaunchedService.read(Octets.of(text.getBytes(UTF_8)));
  }
}
