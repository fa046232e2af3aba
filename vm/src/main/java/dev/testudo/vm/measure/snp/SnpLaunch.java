package dev.testudo.vm.measure.snp;

import static dev.testudo.vm.measure.snp.LaunchDigest.PageType.CPUID;
import static dev.testudo.vm.measure.snp.LaunchDigest.PageType.SECRETS;
import static dev.testudo.vm.measure.snp.LaunchDigest.PageType.UNMEASURED;
import static dev.testudo.vm.measure.snp.LaunchDigest.PageType.ZERO;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.firmware.FirmwareAbility;
import dev.testudo.vm.firmware.SnpMetadata;
import dev.testudo.vm.firmware.SnpSection;
import dev.testudo.vm.firmware.SnpSectionType;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// What is launched on SEV-SNP: a firmware and, if QEMU is told to hash them, a kernel with its
/// initrd and command line. Computes MEASUREMENT of its report. SEV and SEV-ES, which attest
/// nothing to the guest, are not supported.
///
/// Without kernel hashes, the measurement is that of the firmware alone: it is the same for every
/// kernel and every disk. See [#namesTheKernel].
public final class SnpLaunch {
  private static final int MOST_SHAPES = 1024;

  private final SnpFirmware firmware;
  private final Optional<KernelHashes> kernel;

  private SnpLaunch(SnpFirmware firmware, Optional<KernelHashes> kernel) {
    this.firmware = firmware;
    this.kernel = kernel;
  }

  /// Launches a firmware that looks for something to boot on disks.
  public static SnpLaunch ofFirmware(SnpFirmware firmware) {
    return new SnpLaunch(firmware, Optional.empty());
  }

  /// Launches a firmware that boots a kernel after it has checked its hashes.
  ///
  /// @throws VmException if the firmware has no place for the hashes
  public static SnpLaunch ofKernel(SnpFirmware firmware, KernelHashes kernel) throws VmException {
    var section = firmware.metadata().first(SnpSectionType.KERNEL_HASHES);
    if (section.isEmpty() || firmware.hashTable().isEmpty()) {
      throw VmException.lacking(
          "the firmware has no %s: %s"
              .formatted(
                  FirmwareAbility.KERNEL_HASHES.text(), FirmwareAbility.KERNEL_HASHES.meaning()));
    }
    var table = firmware.hashTable().getAsLong();
    if (table / SnpMetadata.PAGE * SnpMetadata.PAGE != section.get().address()) {
      throw VmException.malformed(
          "the firmware is malformed: its table of kernel hashes at 0x%x is not in the page for it"
              .formatted(table));
    }
    return new SnpLaunch(firmware, Optional.of(kernel));
  }

  /// Returns whether the measurement depends on the kernel, and so on what the machine runs.
  public boolean namesTheKernel() {
    return kernel.isPresent();
  }

  /// Returns MEASUREMENT, 48 bytes, of a machine.
  ///
  /// @throws VmException if there are several processors and the firmware does not say where they
  ///     start
  public Octets measurement(LaunchShape shape) throws VmException {
    return withProcessors(withSections(shape.vmm()), shape).state();
  }

  /// Returns MEASUREMENT for each of several machines, in their order.
  ///
  /// @param shapes up to 1024
  public SequencedMap<LaunchShape, Octets> measurements(List<LaunchShape> shapes)
      throws VmException {
    if (shapes.size() > MOST_SHAPES) {
      throw VmException.tooLarge(
          "%d shapes of machines; %d are the most".formatted(shapes.size(), MOST_SHAPES));
    }
    Map<Vmm, LaunchDigest> begun = new EnumMap<>(Vmm.class);
    var all = new LinkedHashMap<LaunchShape, Octets>();
    for (var shape : shapes) {
      var digest = begun.get(shape.vmm());
      if (digest == null) {
        digest = withSections(shape.vmm());
        begun.put(shape.vmm(), digest);
      }
      all.put(shape, withProcessors(digest, shape).state());
    }
    return all;
  }

  private LaunchDigest withSections(Vmm vmm) throws VmException {
    var digest = new LaunchDigest(firmware.hash());
    for (var section : firmware.metadata().sections()) {
      // EC2 prepares the page of CPUID after all others.
      if (vmm != Vmm.EC2 || section.type() != SnpSectionType.CPUID) {
        digest = with(digest, section, vmm);
      }
    }
    if (vmm == Vmm.EC2) {
      for (var section : firmware.metadata().sections()) {
        if (section.type() == SnpSectionType.CPUID) {
          digest = with(digest, section, vmm);
        }
      }
    }
    return digest;
  }

  private LaunchDigest with(LaunchDigest digest, SnpSection section, Vmm vmm) throws VmException {
    var address = section.address();
    var bytes = section.bytes();
    return switch (section.type()) {
      case MEMORY -> digest.withoutContent(vmm == Vmm.GCE ? UNMEASURED : ZERO, address, bytes);
      case SECRETS -> digest.withoutContent(SECRETS, address, bytes);
      case CPUID -> digest.withoutContent(CPUID, address, bytes);
      case SVSM_CALLING_AREA -> digest.withoutContent(ZERO, address, bytes);
      case KERNEL_HASHES ->
          kernel.isPresent()
              ? digest.normal(address, kernel.get().page(offsetOfTable()))
              : digest.withoutContent(ZERO, address, bytes);
    };
  }

  private int offsetOfTable() {
    return (int) (firmware.hashTable().orElseThrow() % SnpMetadata.PAGE);
  }

  private LaunchDigest withProcessors(LaunchDigest begun, LaunchShape shape) throws VmException {
    var digest = begun.vmsa(Vmsa.first(shape));
    if (shape.vcpus() == 1) {
      return digest;
    }
    var start =
        firmware
            .resetVector()
            .orElseThrow(
                () ->
                    VmException.lacking(
                        "the firmware does not say where processors but the first start"));
    var other = Vmsa.other(shape, start);
    for (var i = 1; i < shape.vcpus(); i++) {
      digest = digest.vmsa(other);
    }
    return digest;
  }
}
