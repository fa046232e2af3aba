package dev.testudo.trust.attest.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.tpm.TpmFields;
import java.util.List;
import org.junit.jupiter.api.Test;

class AzureFieldsTest {
  private static Field field(List<Field> fields, String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void thePartsOfTheParavisorsReportAreShown() throws Exception {
    var expected = Vectors.one("azure/snp-genoa").expected();
    var fields = AzureFields.describe(Vectors.read("azure/snp-genoa/hcl-report.bin"));
    assertEquals(
        expected.object("claims").text("measurement"),
        field(field(fields, "report").parts(), "MEASUREMENT").value());
    var configuration = field(field(fields, "runtime data").parts(), "vm-configuration").parts();
    assertEquals(expected.text("vmUniqueId"), field(configuration, "vmUniqueId").value());
    assertEquals("true", field(configuration, "secure-boot").value());
  }

  @Test
  void theReportDataOfATdReportIsShown() throws Exception {
    var fields = AzureFields.describe(Vectors.read("azure/tdx/hcl-report.bin"));
    assertEquals(
        Vectors.one("azure/tdx").expected().text("reportData"),
        field(field(fields, "TDREPORT").parts(), "REPORTDATA").value());
  }

  @Test
  void theTpmQuoteIsShownWithItsRegisters() throws Exception {
    var pcrs = Vectors.read("azure/snp-genoa/pcrs-sha256.bin");
    var fields =
        TpmFields.describe(
            new TpmQuote(
                Vectors.read("azure/snp-genoa/tpm-quote.bin"),
                Vectors.read("azure/snp-genoa/tpm-signature.bin"),
                pcrs.slice(0, 64)));
    assertEquals(
        Vectors.one("azure/snp-genoa").expected().text("tpmNonce"),
        field(fields, "extraData").value());
    var registers = field(fields, "pcrDigest").parts();
    assertEquals(24, registers.size());
    assertEquals(pcrs.slice(32, 32).hex(), registers.get(1).value());
    assertEquals("missing", registers.get(2).meaning());
  }
}
