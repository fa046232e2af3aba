package dev.testudo.agent.attest;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchMeasurementTest {
  private static final Measurement IMAGE = new Measurement("3c".repeat(32));
  private static final String OTHER = "4d".repeat(32);
  private static final Octets NOTHING = Octets.ofHex("");
  private static final Evidence.TpmQuote QUOTE = new Evidence.TpmQuote(NOTHING, NOTHING, NOTHING);

  /// Evidence with a value at the place where the specification has it.
  private static Octets with(int length, int at, String hex, int... first) {
    var bytes = new byte[length];
    for (var i = 0; i < first.length; i++) {
      bytes[i] = (byte) first[i];
    }
    var value = HexFormat.of().parseHex(hex);
    System.arraycopy(value, 0, bytes, at, value.length);
    return Octets.of(bytes);
  }

  private static Evidence snp(String hex) {
    return new Evidence.SnpReport(with(1184, 0x0c0, hex), Optional.empty());
  }

  /// MRCONFIGID follows TEE_TCB_SVN, MRSEAM, MRSIGNERSEAM, SEAMATTRIBUTES, TDATTRIBUTES, XFAM and
  /// MRTD.
  private static Evidence tdx(int version, String hex) {
    var body = version == 4 ? 48 : 54;
    var before = 16 + 48 + 48 + 8 + 8 + 8 + 48;
    return new Evidence.TdxQuote(with(5000, body + before, hex, version, 0));
  }

  private static String refusal(Evidence evidence) {
    var refused =
        assertThrows(AgentFailure.class, () -> LaunchMeasurement.requireImage(evidence, IMAGE));
    assertEquals(AgentFailure.Kind.REFUSED, refused.kind());
    return refused.line();
  }

  @Test
  void aVmThatWasLaunchedForTheImageMayStartIt() {
    assertDoesNotThrow(
        () -> {
          LaunchMeasurement.requireImage(snp(IMAGE.hex()), IMAGE);
          LaunchMeasurement.requireImage(tdx(4, IMAGE.hex()), IMAGE);
          LaunchMeasurement.requireImage(tdx(5, IMAGE.hex()), IMAGE);
        });
  }

  @Test
  void aVmThatWasLaunchedForAnotherImageIsRefusedWithBothValues() {
    assertEquals(
        "refused: this VM was launched for the image %s (HOST_DATA), and the image here is %s;"
                .formatted(OTHER, IMAGE)
            + " nothing is started",
        refusal(snp(OTHER)));
    assertEquals(
        "refused: this VM was launched for the image %s (MRCONFIGID), and the image here is %s;"
                .formatted(OTHER + "00".repeat(16), IMAGE)
            + " nothing is started",
        refusal(tdx(5, OTHER)));
  }

  @Test
  void whatFollowsTheImageInMrconfigidMustBeZero() {
    refusal(tdx(4, IMAGE.hex() + "01"));
    refusal(tdx(4, IMAGE.hex() + "00".repeat(15) + "01"));
  }

  @Test
  void aVmThatWasLaunchedForNothingInParticularIsRefused() {
    assertEquals(
        "refused: this VM was launched for no image (HOST_DATA is zero), and the image here is %s;"
                .formatted(IMAGE)
            + " nothing is started",
        refusal(snp("00".repeat(32))));
    refusal(tdx(4, "00".repeat(48)));
  }

  @Test
  void evidenceThatHasNoSuchValueIsRefused() {
    assertEquals(
        "refused: `--host-data image` is only for SEV-SNP and TDX: evidence of sgx has no value of"
            + " whoever launched it",
        refusal(new Evidence.SgxQuote(Octets.of(new byte[1000]))));
    refusal(new Evidence.SnpReport(Octets.of(new byte[0xdf]), Optional.empty()));
    refusal(new Evidence.TdxQuote(Octets.ofHex("")));
  }

  @Test
  void whatAParavisorWasLaunchedForIsNotTheImageOfItsGuest() {
    refusal(new Evidence.AzureSnp(with(2600, 32 + 0x0c0, IMAGE.hex()), QUOTE, NOTHING));
    var tdx = with(5000, 48 + 184, IMAGE.hex(), 4, 0);
    refusal(new Evidence.AzureTdx(NOTHING, QUOTE, tdx));
  }
}
