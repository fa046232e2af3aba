package dev.testudo.vm.measure.snp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.vm.LaunchVectors;
import dev.testudo.vm.MeasurementHash;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.firmware.SnpMetadata;
import dev.testudo.vm.firmware.SnpSection;
import dev.testudo.vm.firmware.SnpSectionType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Launch digests that others published, recomputed.
class PublishedMeasurementsTest {
  private static final Octets EMPTY_FILE = Octets.of(new byte[0]);

  @Test
  void everyCaseOfSevSnpMeasureForSevSnpGivesItsDigest() throws IOException {
    var recomputed = new ArrayList<String>();
    var ofOtherModes = 0;
    for (var one : LaunchVectors.objects("snp-virtee/cases.json")) {
      if (!one.text("mode").equals("SEV_SNP")) {
        ofOtherModes++;
        continue;
      }
      var name = one.text("name");
      assertEquals(one.text("expected"), launch(one).measurement(shape(one)).hex(), name);
      recomputed.add(name);
    }
    assertEquals(16, recomputed.size(), recomputed::toString);
    // SEV and SEV-ES, which this project does not support.
    assertEquals(5, ofOtherModes);
  }

  private static SnpLaunch launch(JsonMembers one) throws IOException {
    var firmware = Firmware.read(LaunchVectors.read("snp-virtee/" + one.text("ovmf")));
    var hash = LaunchVectors.text(one, "ovmfHash");
    var hashed =
        hash.isPresent()
            ? SnpFirmware.of(Octets.ofHex(hash.get()), firmware)
            : SnpFirmware.of(firmware);
    if (LaunchVectors.text(one, "kernel").isEmpty()) {
      return SnpLaunch.ofFirmware(hashed);
    }
    var initrd = LaunchVectors.text(one, "initrd").map(_ -> EMPTY_FILE);
    var commandLine = LaunchVectors.text(one, "append").orElse("");
    return SnpLaunch.ofKernel(hashed, KernelHashes.of(EMPTY_FILE, initrd, commandLine));
  }

  private static LaunchShape shape(JsonMembers one) throws IOException {
    // Where a case names no processor, its monitor gives none to the guest.
    var signature = LaunchVectors.text(one, "cpu").map(text -> text.split(" ")[0]);
    var cpu = signature.flatMap(CpuModel::named).orElse(CpuModel.EPYC);
    return new LaunchShape(
        Vmm.valueOf(one.text("vmm").toUpperCase(Locale.ROOT)),
        (int) one.natural("vcpus"),
        cpu.signature(),
        Long.decode(one.text("features")));
  }

  @Test
  void theDigestOfALaunchOnHardwareIsTheOneInTheReportThatItsChipSigned() throws IOException {
    var given = LaunchVectors.object("snp-dstack-live/case.json");
    var input = given.object("input");
    var launch = SnpLaunch.ofKernel(firmware(input), hashes(input));
    var shape =
        new LaunchShape(
            Vmm.QEMU,
            (int) input.natural("vcpus"),
            CpuModel.named(input.text("vcpu_type")).orElseThrow().signature(),
            input.natural("guest_features"));
    var computed = launch.measurement(shape);
    assertEquals(given.text("expected"), computed.hex());
    var report = LaunchVectors.read("snp-dstack-live/report.bin");
    assertEquals(report.slice(0x90, 48), computed);
    assertTrue(launch.namesTheKernel());
  }

  @Test
  void withoutItsKernelTheSameMachineHasAnotherDigestThatNamesNoKernel() throws IOException {
    var given = LaunchVectors.object("snp-dstack-live/case.json");
    var launch = SnpLaunch.ofFirmware(firmware(given.object("input")));
    assertFalse(launch.namesTheKernel());
    var shape = new LaunchShape(Vmm.QEMU, 2, CpuModel.EPYC.signature(), LaunchShape.SNP_ONLY);
    assertFalse(launch.measurement(shape).hex().equals(given.text("expected")));
  }

  @Test
  void manyShapesAtOnceGiveWhatEachGivesAlone() throws IOException {
    var input = LaunchVectors.object("snp-dstack-live/case.json").object("input");
    var launch = SnpLaunch.ofKernel(firmware(input), hashes(input));
    var shapes = new ArrayList<LaunchShape>();
    for (var vmm : Vmm.values()) {
      for (var vcpus : List.of(1, 2, 8)) {
        shapes.add(new LaunchShape(vmm, vcpus, CpuModel.MILAN.signature(), LaunchShape.SNP_ONLY));
      }
    }
    var together = launch.measurements(shapes);
    assertEquals(shapes, List.copyOf(together.keySet()));
    for (var shape : shapes) {
      assertEquals(launch.measurement(shape), together.get(shape));
    }
    assertEquals(shapes.size(), together.values().stream().distinct().count());
  }

  private static KernelHashes hashes(JsonMembers input) throws IOException {
    var commandLine = (input.text("base_cmdline") + '\0').getBytes(UTF_8);
    return new KernelHashes(
        Octets.ofHex(input.text("kernel_hash")),
        Octets.ofHex(input.text("initrd_hash")),
        MeasurementHash.SHA256.of(commandLine));
  }

  private static SnpFirmware firmware(JsonMembers input) throws IOException {
    var sections = new ArrayList<SnpSection>();
    for (var value : input.array("ovmf_sections")) {
      var section = JsonMembers.of(value, "section");
      sections.add(
          new SnpSection(
              type(section.natural("section_type")),
              section.natural("gpa"),
              section.natural("size")));
    }
    return new SnpFirmware(
        Octets.ofHex(input.text("ovmf_hash")),
        new SnpMetadata(sections),
        OptionalLong.of(input.natural("sev_es_reset_eip")),
        OptionalLong.of(input.natural("sev_hashes_table_gpa")));
  }

  private static SnpSectionType type(long code) {
    return switch ((int) code) {
      case 1 -> SnpSectionType.MEMORY;
      case 2 -> SnpSectionType.SECRETS;
      case 3 -> SnpSectionType.CPUID;
      case 4 -> SnpSectionType.SVSM_CALLING_AREA;
      case 0x10 -> SnpSectionType.KERNEL_HASHES;
      default -> throw new IllegalArgumentException("type " + code);
    };
  }
}
