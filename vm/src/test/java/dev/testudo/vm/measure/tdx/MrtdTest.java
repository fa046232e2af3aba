package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA384;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.firmware.FirmwareImage;
import dev.testudo.vm.measure.tdx.Mrtd.PageOrder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MrtdTest {
  private static final String TDX = "e47a6535-984a-4798-865e-4685a7bf8ec2";
  private static final int BASE = 0xffffe000;

  /// Two pages of firmware that are measured, one of memory that is only added, one added later.
  private static final int[] SECTIONS = {
    0, 8192, BASE, 0, 8192, 0, 0, 1, //
    0, 0, 0x800000, 0, 4096, 0, 3, 0, //
    0, 0, 0x900000, 0, 4096, 0, 6, 2
  };

  @Test
  void allPagesOfASectionAreAddedBeforeTheirContentIsMeasured() throws VmException {
    var image = firmware(SECTIONS);
    var measured = new ByteArrayOutputStream();
    measured.writeBytes(block("MEM.PAGE.ADD", 0xffffe000L));
    measured.writeBytes(block("MEM.PAGE.ADD", 0xfffff000L));
    extend(measured, image, 0);
    extend(measured, image, 4096);
    measured.writeBytes(block("MEM.PAGE.ADD", 0x800000));
    assertEquals(
        SHA384.of(measured.toByteArray()),
        Mrtd.of(Firmware.read(image), PageOrder.SECTION_BY_SECTION));
  }

  @Test
  void orEachPageIsMeasuredAfterItWasAdded() throws VmException {
    var image = firmware(SECTIONS);
    var measured = new ByteArrayOutputStream();
    measured.writeBytes(block("MEM.PAGE.ADD", 0xffffe000L));
    extend(measured, image, 0);
    measured.writeBytes(block("MEM.PAGE.ADD", 0xfffff000L));
    extend(measured, image, 4096);
    measured.writeBytes(block("MEM.PAGE.ADD", 0x800000));
    assertEquals(
        SHA384.of(measured.toByteArray()), Mrtd.of(Firmware.read(image), PageOrder.PAGE_BY_PAGE));
  }

  @Test
  void eachByteOfAMeasuredSectionCounts() throws VmException {
    var image = firmware(SECTIONS);
    var mrtd = Mrtd.of(Firmware.read(image), PageOrder.PAGE_BY_PAGE);
    for (var at = 0; at < 4096; at += 255) {
      var changed = image.toBytes();
      changed[at] ^= 1;
      assertNotEquals(
          mrtd, Mrtd.of(Firmware.read(Octets.of(changed)), PageOrder.PAGE_BY_PAGE), "byte " + at);
    }
  }

  @Test
  void aFirmwareWithoutTdxMetadataHasNoMrtd() throws VmException {
    var firmware = Firmware.read(new FirmwareImage(1).build());
    assertEquals(Reason.LACKING, refusal(firmware));
  }

  @Test
  void aSectionThatIsNotInTheFirmwareIsNotMeasured() throws VmException {
    var outside = Firmware.read(firmware(4096, 8192, BASE, 0, 8192, 0, 0, 1));
    assertEquals(Reason.MALFORMED, refusal(outside));
  }

  private static Reason refusal(Firmware firmware) {
    return assertThrows(VmException.class, () -> Mrtd.of(firmware, PageOrder.PAGE_BY_PAGE))
        .reason();
  }

  private static Octets firmware(int... sections) {
    var content = new byte[4096];
    for (var i = 0; i < content.length; i++) {
      content[i] = (byte) (i / 256 + 1);
    }
    return new FirmwareImage(2)
        .put(0, content)
        .metadata(TDX, "TDVF", 2048, sections.length / 8, sections)
        .build();
  }

  private static void extend(ByteArrayOutputStream measured, Octets image, int page) {
    for (var at = page; at < page + 4096; at += 256) {
      measured.writeBytes(block("MR.EXTEND", 0xffffe000L + at));
      measured.writeBytes(image.slice(at, 256).toBytes());
    }
  }

  private static byte[] block(String name, long address) {
    return ByteBuffer.wrap(Arrays.copyOf(name.getBytes(US_ASCII), 128))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(16, address)
        .array();
  }
}
