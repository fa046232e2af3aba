package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA256;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.LaunchVectors;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.measure.tdx.Mrtd.PageOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The MRTD that virtee/tdx-measure publishes for a firmware of Ubuntu. The firmware is not part of
/// the vectors: whoever runs the tests may give it.
class PublishedMrtdTest {
  private static final String FIRMWARE = "testudo.tdx.firmware";

  @Test
  void theMrtdOfUbuntusFirmwareIsThePublishedOne() throws IOException {
    var expected = LaunchVectors.object("tdx-measure/expected.json");
    var named = expected.object("firmware");
    var given = Optional.ofNullable(System.getProperty(FIRMWARE));
    Assumptions.assumeTrue(
        given.isPresent(),
        () -> "not run: -D%s=FILE would name the firmware to measure".formatted(FIRMWARE));
    var bytes = Octets.of(Files.readAllBytes(Path.of(given.orElseThrow())));
    assertEquals(named.text("sha256"), SHA256.of(bytes).hex());
    var mrtd = Mrtd.of(Firmware.read(bytes), PageOrder.PAGE_BY_PAGE);
    assertEquals(expected.text("mrtd"), mrtd.hex());
  }
}
