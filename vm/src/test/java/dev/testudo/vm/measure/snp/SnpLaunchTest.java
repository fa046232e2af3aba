package dev.testudo.vm.measure.snp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.MeasurementHash;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import dev.testudo.vm.firmware.SnpMetadata;
import dev.testudo.vm.firmware.SnpSection;
import dev.testudo.vm.firmware.SnpSectionType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SnpLaunchTest {
  private static final KernelHashes KERNEL =
      KernelHashes.of(octets("kernel"), Optional.of(octets("initrd")), "console=ttyS0");
  private static final SnpSection HASHES =
      new SnpSection(SnpSectionType.KERNEL_HASHES, 0x810000, 4096);
  private static final SnpSection MEMORY = new SnpSection(SnpSectionType.MEMORY, 0x800000, 8192);

  @Test
  void aFirmwareWithoutAPlaceForTheHashesLaunchesNoKernel() {
    for (var firmware :
        List.of(
            firmware(OptionalLong.of(0x810c00), OptionalLong.empty(), MEMORY),
            firmware(OptionalLong.empty(), OptionalLong.empty(), MEMORY, HASHES))) {
      var refused = assertThrows(VmException.class, () -> SnpLaunch.ofKernel(firmware, KERNEL));
      assertEquals(Reason.LACKING, refused.reason());
    }
  }

  @Test
  void aTableOfHashesOutsideOfItsPageIsMalformed() {
    var elsewhere = firmware(OptionalLong.of(0x811c00), OptionalLong.empty(), HASHES);
    var refused = assertThrows(VmException.class, () -> SnpLaunch.ofKernel(elsewhere, KERNEL));
    assertEquals(Reason.MALFORMED, refused.reason());
  }

  @Test
  void aTableOfHashesThatDoesNotEndInItsPageIsMalformed() throws VmException {
    var last = firmware(OptionalLong.of(0x810f50), OptionalLong.empty(), HASHES);
    SnpLaunch.ofKernel(last, KERNEL).measurement(shape(1));
    var beyond = firmware(OptionalLong.of(0x810f51), OptionalLong.empty(), HASHES);
    var launch = SnpLaunch.ofKernel(beyond, KERNEL);
    var refused = assertThrows(VmException.class, () -> launch.measurement(shape(1)));
    assertEquals(Reason.MALFORMED, refused.reason());
  }

  @Test
  void severalProcessorsNeedAResetVector() throws VmException {
    var launch = SnpLaunch.ofFirmware(firmware(OptionalLong.empty(), OptionalLong.empty(), MEMORY));
    launch.measurement(shape(1));
    var refused = assertThrows(VmException.class, () -> launch.measurement(shape(2)));
    assertEquals(Reason.LACKING, refused.reason());
  }

  @Test
  void aShapeHasAProcessorAndSevSnp() {
    var cpu = CpuModel.MILAN.signature();
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(Vmm.QEMU, 0, cpu, 1));
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(Vmm.QEMU, 513, cpu, 1));
    assertThrows(IllegalArgumentException.class, () -> new LaunchShape(Vmm.QEMU, 1, cpu, 0x20));
  }

  @Test
  void aModelIsFoundByEachOfItsNamesInQemu() {
    assertEquals(Optional.of(CpuModel.EPYC), CpuModel.named("EPYC-v4"));
    assertEquals(Optional.of(CpuModel.EPYC), CpuModel.named("EPYC-IBPB"));
    assertEquals(Optional.of(CpuModel.MILAN), CpuModel.named("EPYC-Milan-v2"));
    assertEquals(Optional.of(CpuModel.TURIN), CpuModel.named("EPYC-Turin"));
    assertEquals(Optional.empty(), CpuModel.named("EPYC-Venice"));
    assertEquals("0x00800f12", CpuModel.EPYC.signature().toString());
    assertEquals("0x00a00f11", CpuModel.MILAN.signature().toString());
    assertEquals("0x00a10f10", CpuModel.GENOA.signature().toString());
    assertEquals("0x00b00f00", CpuModel.TURIN.signature().toString());
  }

  private static LaunchShape shape(int vcpus) {
    return new LaunchShape(Vmm.QEMU, vcpus, CpuModel.MILAN.signature(), LaunchShape.SNP_ONLY);
  }

  private static SnpFirmware firmware(
      OptionalLong table, OptionalLong resetVector, SnpSection... sections) {
    return new SnpFirmware(
        MeasurementHash.SHA384.zero(), new SnpMetadata(List.of(sections)), resetVector, table);
  }

  private static Octets octets(String text) {
    return Octets.of(text.getBytes(UTF_8));
  }
}
