package dev.testudo.trust.attest.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentIdTest {
  static Stream<DocumentId> ids() {
    return Stream.of(
        new DocumentId.TcbInfo(Tee.SGX, "00906ed50000"),
        new DocumentId.TcbInfo(Tee.TDX, "90c06f000000"),
        new DocumentId.QeIdentity(Tee.TDX),
        new DocumentId.PckCrl(PckCa.PROCESSOR),
        new DocumentId.PckCrl(PckCa.PLATFORM),
        new DocumentId.IntelRootCrl(),
        new DocumentId.AmdChain("Milan", SnpKey.VLEK),
        new DocumentId.AmdCrl("Genoa", SnpKey.VCEK),
        new DocumentId.Vcek("Milan", "0f".repeat(64), new SnpTcb(Optional.empty(), 3, 0, 8, 0xd9)),
        new DocumentId.Vcek("Turin", "a1".repeat(8), new SnpTcb(Optional.of(1), 2, 3, 4, 255)));
  }

  @ParameterizedTest
  @MethodSource("ids")
  void aNameIsReadAsItIsWritten(DocumentId id) {
    assertEquals(Optional.of(id), DocumentId.parse(id.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sgx-tcb-info-",
        "sgx-tcb-info-00906ED50000",
        "sgx-tcb-info-00906ed5000g",
        "sev-qe-identity",
        "pck-crl-root",
        "intel-root-crl/../x",
        "amd-../x-vcek-chain",
        "amd-Milan-vcek-chain",
        "amd-milan-vcek-0f0f-03000873",
        " intel-root-crl"
      })
  void whatIsNoNameIsRefused(String text) {
    assertEquals(List.of(), DocumentId.parse(text).stream().toList());
  }
}
