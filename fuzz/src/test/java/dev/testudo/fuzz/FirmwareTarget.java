package dev.testudo.fuzz;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.measure.snp.CpuModel;
import dev.testudo.vm.measure.snp.KernelHashes;
import dev.testudo.vm.measure.snp.LaunchShape;
import dev.testudo.vm.measure.snp.SnpFirmware;
import dev.testudo.vm.measure.snp.SnpLaunch;
import dev.testudo.vm.measure.snp.Vmm;
import dev.testudo.vm.measure.tdx.Mrtd;
import java.util.Arrays;
import java.util.Optional;

/// Firmwares: their tables, and what is computed from them. An input is the end of a firmware,
/// which is filled with zeros before it.
public final class FirmwareTarget {
  private static final int PAGE = 4096;

  /// More takes time and finds nothing.
  private static final long MOST_MEMORY = 1 << 20;

  private static final Octets KERNEL = Octets.of(new byte[8]);
  private static final LaunchShape SHAPE =
      new LaunchShape(Vmm.QEMU, 2, CpuModel.MILAN.signature(), LaunchShape.SNP_ONLY);

  private FirmwareTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    var pages = Math.max(1, (input.length + PAGE - 1) / PAGE);
    var bytes = new byte[pages * PAGE];
    System.arraycopy(input, 0, bytes, bytes.length - input.length, input.length);
    try {
      var firmware = Firmware.read(Octets.of(bytes));
      firmware.abilities();
      measureSnp(firmware);
      measureTdx(firmware);
    } catch (VmException e) {
      // That is the answer to a malformed firmware.
    }
  }

  private static void measureSnp(Firmware firmware) throws VmException {
    var sections = firmware.snp().stream().flatMap(metadata -> metadata.sections().stream());
    if (firmware.snp().isPresent() && sections.allMatch(one -> one.bytes() <= MOST_MEMORY)) {
      var hashed = SnpFirmware.of(firmware);
      SnpLaunch.ofFirmware(hashed).measurement(SHAPE);
      SnpLaunch.ofKernel(hashed, KernelHashes.of(KERNEL, Optional.empty(), "")).measurement(SHAPE);
    }
  }

  private static void measureTdx(Firmware firmware) throws VmException {
    var sections = firmware.tdx().stream().flatMap(metadata -> metadata.sections().stream());
    if (firmware.tdx().isPresent() && sections.allMatch(one -> one.memoryBytes() <= MOST_MEMORY)) {
      for (var order : Arrays.asList(Mrtd.PageOrder.values())) {
        Mrtd.of(firmware, order);
      }
    }
  }
}
