package dev.testudo.trust.collateral.input;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollateralInputTest {
  @TempDir private Path work;

  private static CollateralInput read(byte[] bytes) throws IOException {
    return CollateralInput.read(new ByteArrayInputStream(bytes));
  }

  private static List<String> names(CollateralInput input) {
    return input.documents().stream().map(document -> document.id().toString()).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "sgx_tcb_info_00906ED50000.json, sgx-tcb-info-00906ed50000",
    "sgx_tcb_info_early.json, sgx-tcb-info-00906ed50000",
    "tdx_tcb_info_00806F050000.json, tdx-tcb-info-00806f050000",
    "sgx_qe_identity.json, sgx-qe-identity",
    "tdx_qe_identity.json, tdx-qe-identity",
    "pck_crl_platform.json, pck-crl-platform",
    "pck_crl_processor.json, pck-crl-processor",
    "pck_crl_processor_der.json, pck-crl-processor"
  })
  void aReplyOfIntelsServiceIsRead(String file, String name) throws IOException {
    var input = CollateralInput.read(Vectors.folder().resolve("pcs/" + file));
    assertEquals(List.of(name), names(input));
    var document = input.documents().getFirst();
    assertEquals('-', document.issuerChain().u8(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fmspcs.json", "sgx_tcb_eval_nums.json", "sgx_qve_identity.json"})
  void aReplyThatIsNotKeptIsTold(String file) throws IOException {
    var input = CollateralInput.read(Vectors.folder().resolve("pcs/" + file));
    assertEquals(List.of(), names(input));
    assertEquals(1, input.ignored().size());
  }

  @Test
  void theCollateralOfOneQuoteIsRead() throws IOException {
    var input = CollateralInput.read(Vectors.folder().resolve("pcs/pccs-tdx-collateral.json"));
    assertEquals(
        List.of(
            "tdx-tcb-info-b0c06f000000", "tdx-qe-identity", "intel-root-crl", "pck-crl-platform"),
        names(input));
    var body = new String(input.documents().getFirst().body().toBytes(), UTF_8);
    assertEquals("{\"tcbInfo\":{\"id\":\"TDX\"", body.substring(0, 22));
  }

  @Test
  void aFolderOfSeparateFilesIsReadWithTheCertificatesInIt() throws IOException {
    var input = CollateralInput.read(Vectors.folder().resolve("tdx/v4-uptodate"));
    assertEquals(
        List.of(
            "intel-root-crl", "pck-crl-platform", "tdx-qe-identity", "tdx-tcb-info-b0c06f000000"),
        names(input).stream().sorted().toList());
  }

  @Test
  void hexadecimalListsBecomeDer() throws IOException {
    var hex = Vectors.read("tdx/v5-relaunch-advised/root-crl.hex").toBytes();
    var fromHex = read(hex).documents().getFirst();
    assertEquals("intel-root-crl", fromHex.id().toString());
    assertEquals(
        HexFormat.of().withUpperCase().formatHex(fromHex.body().toBytes()),
        new String(hex, US_ASCII).strip().toUpperCase(Locale.ROOT));
  }

  @Test
  void certificatesOfAmdAreRead() throws IOException {
    Files.createDirectories(work.resolve("a/b"));
    for (var root : List.of("milan", "milan-vlek", "turin-vcek")) {
      var name = "roots/amd-%s-ask-ark.pem".formatted(root);
      Files.write(work.resolve("a/" + root + ".pem"), Vectors.read(name).toBytes());
    }
    Files.write(work.resolve("a/b/v.der"), Vectors.read("snp/milan-debug/leaf.der").toBytes());
    var turin = Vectors.read("snp/turin-certificates/vcek.der").toBytes();
    Files.write(work.resolve("a/b/t.der"), turin);
    var input = CollateralInput.read(work);
    assertEquals(
        List.of("amd-milan-vcek-chain", "amd-turin-vcek-chain", "amd-milan-vlek-chain"),
        names(input).stream()
            .filter(name -> name.endsWith("chain"))
            .sorted(Comparator.comparing(name -> name.replace("milan-vlek", "z")))
            .toList());
    var chips = names(input).stream().filter(name -> !name.endsWith("chain")).toList();
    assertEquals(List.of(16, 128), chips.stream().map(n -> n.split("-")[3].length()).toList());
    assertEquals(List.of(10, 8), chips.stream().map(n -> n.split("-")[4].length()).toList());
    assertEquals(List.of(), input.ignored());
  }

  @Test
  void aVlekIsNotKept() throws IOException {
    var input = read(Vectors.read("snp/milan-vlek/leaf.der").toBytes());
    assertEquals(List.of(), names(input));
    assertEquals(List.of("a VLEK is not kept: each guest sends its own"), input.ignored());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "{}",
        "{\"tcbInfo\":{\"version\":2,\"fmspc\":\"00906ED50000\"},\"signature\":\"\"}",
        "{\"tcbInfo\":{\"id\":\"SGX\",\"fmspc\":\"../../../../x\"},\"signature\":\"\"}",
        "{\"tcb_info_json\":7,\"issuer_chain\":\"\"}",
        "{\"crl_data\":\"30\",\"issuer_chain\":\"\"}",
        "{\"testudo_collateral\":2,\"documents\":[]}",
        "{\"testudo_collateral\":1,\"documents\":[{\"document\":\"x\"}]}",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
        "3000"
      })
  void whatIsNoDocumentIsRefused(String text) {
    var thrown = assertThrows(CollateralException.class, () -> read(text.getBytes(UTF_8)));
    assertEquals(Fault.MALFORMED, thrown.fault());
  }

  @Test
  void aDeepObjectIsRefused() {
    var deep = "{\"tcbInfo\":" + "[".repeat(100_000);
    assertThrows(CollateralException.class, () -> read(deep.getBytes(UTF_8)));
  }

  @Test
  void aFileOfAFolderThatIsNoDocumentIsTold() throws IOException {
    Files.writeString(work.resolve("README"), "hello");
    var input = CollateralInput.read(work);
    assertEquals(List.of(), input.documents());
    assertEquals(
        List.of(
            "README: it is neither a bundle, a reply of Intel's service, a revocation list nor a certificate"),
        input.ignored());
  }

  @Test
  void aTruncatedListIsRefusedAtEveryLength() throws IOException {
    var der = Vectors.read("tdx/v4-uptodate/root-crl.der").toBytes();
    for (var length = 0; length < der.length; length++) {
      var part = Arrays.copyOf(der, length);
      assertThrows(CollateralException.class, () -> read(part));
    }
    assertEquals(1, read(der).documents().size());
  }

  @Test
  void aTruncatedChipCertificateIsRefusedAtEveryLength() throws IOException {
    var der = Vectors.read("snp/milan-debug/leaf.der").toBytes();
    for (var length = 0; length < der.length; length++) {
      var part = Arrays.copyOf(der, length);
      assertThrows(CollateralException.class, () -> read(part));
    }
    Document document = read(der).documents().getFirst();
    assertEquals(der.length, document.body().length());
  }
}
