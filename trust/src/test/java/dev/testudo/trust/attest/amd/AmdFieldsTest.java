package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.CertificateTableBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AmdFieldsTest {
  private static final Map<String, String> MEMBERS =
      Map.of(
          "MEASUREMENT", "measurement",
          "HOST_DATA", "hostData",
          "POLICY", "policy",
          "FAMILY_ID", "familyId",
          "IMAGE_ID", "imageId",
          "ID_KEY_DIGEST", "idKeyDigest",
          "AUTHOR_KEY_DIGEST", "authorKeyDigest",
          "REPORT_ID", "reportId",
          "CHIP_ID", "chipId",
          "REPORT_DATA", "reportData");

  static Stream<Vector> vectors() {
    return Vectors.all("snp").stream();
  }

  private static Field field(List<Field> fields, String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void theFieldsShowWhatTheVectorClaims(Vector vector) throws Exception {
    var fields = AmdFields.describe(vector.file("report"));
    var claims = vector.expected().object("claims");
    for (var member : MEMBERS.entrySet()) {
      assertEquals(claims.text(member.getValue()), field(fields, member.getKey()).value());
    }
    assertEquals(claims.natural("guestSvn") + "", field(fields, "GUEST_SVN").value());
    assertEquals(
        "%016x".formatted(claims.natural("platformInfo")), field(fields, "PLATFORM_INFO").value());
    assertEquals("%08x".formatted(claims.natural("keyInfo")), field(fields, "KEY_INFO").value());
  }

  @Test
  void bitsHaveNamesAndMeanings() throws EvidenceException {
    var fields = AmdFields.describe(Vectors.one("snp/milan-debug").file("report"));
    assertEquals(
        Field.of("DEBUG", "1", "the host can read and change it"),
        field(field(fields, "POLICY").parts(), "DEBUG"));
    assertEquals(
        Field.of("SMT_EN", "1", "threads share a core"),
        field(field(fields, "PLATFORM_INFO").parts(), "SMT_EN"));
    assertEquals(
        Field.of("SIGNING_KEY", "0", "VCEK"),
        field(field(fields, "KEY_INFO").parts(), "SIGNING_KEY"));
    assertEquals("68", field(field(fields, "CURRENT_TCB").parts(), "microcode").value());
  }

  @Test
  void whatTheFormatForbidsIsShownAllTheSame() throws EvidenceException {
    var ones = Octets.ofHex("ff".repeat(1184));
    assertEquals("4294967295", field(AmdFields.describe(ones), "VERSION").value());
    AmdFields.describe(Octets.of(new byte[1184]));
    assertThrows(EvidenceException.class, () -> AmdFields.describe(Octets.of(new byte[1183])));
  }

  @Test
  void certificatesAreShownWithTheirExtensions() throws EvidenceException {
    var fields = AmdFields.describeCertificates(AmdPlatform.vcek(Product.TURIN).table());
    assertEquals(List.of("VCEK", "ASK", "ARK"), fields.stream().map(Field::name).toList());
    var vcek = fields.getFirst().parts();
    assertEquals("Turin", field(vcek, "productName").value());
    assertEquals("1", field(vcek, "fmc").value());
    assertEquals(AmdPlatform.CHIP_OF_TURIN, field(vcek, "hwID").value());
    var vlek = AmdFields.describeCertificates(AmdPlatform.vlek(Product.MILAN).table());
    assertEquals(AmdPlatform.PROVIDER, field(vlek.getFirst().parts(), "cspID").value());
  }

  @Test
  void aDamagedCertificateIsShownAsSuch() throws EvidenceException {
    var table =
        new CertificateTableBuilder()
            .add(CertificateTableBuilder.VCEK, Octets.ofHex("3000"))
            .build();
    assertEquals(
        "malformed", AmdFields.describeCertificates(table).getFirst().parts().getFirst().name());
  }
}
