package dev.testudo.cli.vm;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.vm.VmException;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.firmware.FirmwareAbility;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.UkiParts;
import dev.testudo.vm.measure.snp.KernelHashes;
import dev.testudo.vm.measure.snp.LaunchShape;
import dev.testudo.vm.measure.snp.SnpFirmware;
import dev.testudo.vm.measure.snp.SnpLaunch;
import dev.testudo.vm.measure.tdx.Mrtd;
import dev.testudo.vm.measure.tdx.TdxUkiBoot;
import dev.testudo.vm.measure.tpm.UkiPcrs;
import dev.testudo.vm.pe.PeFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What hardware or a TPM will measure of a VM image.
///
/// @param values the values, in the order in which they are shown
/// @param remarks what the values do not say, one sentence each
public record ImageMeasurements(List<Value> values, List<String> remarks) {
  private static final String ORDER =
      "PCR 4 and RTMR1 depend on the boot order of the machine; a policy should not rest on them.";
  static final String DISK =
      "MEASUREMENT is that of the firmware alone: it is the same for every kernel and every disk, so"
          + " a policy that rests on it alone does not identify the service.";

  /// Copies the lists.
  public ImageMeasurements {
    values = List.copyOf(values);
    remarks = List.copyOf(remarks);
  }

  /// Returns whether the values depend on the image, and not on the firmware alone.
  public boolean namesTheService() {
    return !remarks.contains(DISK);
  }

  /// A value.
  ///
  /// @param name the name of the register, such as `PCR 11`
  /// @param of what it depends on besides the image, such as `2 processors, EPYC-Milan`; may be
  ///     empty
  public record Value(String name, String of, Octets octets) {}

  /// Measures an image for a machine with a TPM.
  ///
  /// @param attempts how many entries of the boot order the firmware tries in vain before the image
  public static ImageMeasurements tpm(PeFile image, int attempts) throws VmException {
    var pcrs = UkiPcrs.of(image);
    var path = new BootPath(attempts, BootPath.DIRECT.partitionTable());
    var values = new ArrayList<Value>();
    values.add(
        new Value(
            "PCR 4",
            "boot entries that fail before: %d".formatted(attempts),
            pcrs.pcr4(path).value()));
    values.add(new Value("PCR 9", "", pcrs.pcr9().value()));
    values.add(new Value("PCR 11", "", pcrs.pcr11().value()));
    pcrs.parts().forEach((part, digest) -> values.add(new Value("image " + part, "", digest)));
    return new ImageMeasurements(
        values,
        List.of(
            ORDER,
            "A policy must name `uki` or PCR 4: a program that is started in its place can extend all other registers as it likes. PCR 11 and the parts tell what differs. PCR 12 to 14 are zero unless somebody adds something."));
  }

  /// Measures an image for SEV-SNP. If the firmware can check hashes of a kernel, the parts of the
  /// image are given to QEMU one by one (`kernel-hashes=on`). Otherwise the firmware boots the
  /// image from a disk.
  public static ImageMeasurements snp(PeFile image, Firmware firmware, List<LaunchShape> shapes)
      throws VmException {
    var parts = UkiParts.of(image);
    var code = SnpFirmware.of(firmware);
    var hashes = firmware.abilities().present().contains(FirmwareAbility.KERNEL_HASHES);
    var launch =
        hashes
            ? SnpLaunch.ofKernel(
                code,
                KernelHashes.of(parts.kernel(), Optional.of(parts.initrd()), parts.commandLine()))
            : SnpLaunch.ofFirmware(code);
    var values = new ArrayList<Value>();
    for (var one : launch.measurements(shapes).entrySet()) {
      values.add(new Value("MEASUREMENT", text(one.getKey()), one.getValue()));
    }
    return new ImageMeasurements(values, launch.namesTheKernel() ? List.of() : List.of(DISK));
  }

  private static String text(LaunchShape shape) {
    return "%s, vCPUs: %d, CPU signature: %s, SEV_FEATURES: 0x%x"
        .formatted(shape.vmm(), shape.vcpus(), shape.cpu(), shape.features());
  }

  /// Measures an image for TDX, whose firmware boots it from a disk.
  ///
  /// @param attempts how many entries of the boot order the firmware tries in vain before the image
  public static ImageMeasurements tdx(
      PeFile image, Firmware firmware, Mrtd.PageOrder order, int attempts) throws VmException {
    var boot = new TdxUkiBoot(image, new BootPath(attempts, BootPath.DIRECT.partitionTable()));
    return new ImageMeasurements(
        List.of(
            new Value(
                "MRTD",
                order == Mrtd.PageOrder.PAGE_BY_PAGE ? "QEMU 9 or later" : "QEMU 8",
                Mrtd.of(firmware, order)),
            new Value(
                "RTMR1",
                "boot entries that fail before: %d".formatted(attempts),
                boot.rtmr1().value()),
            new Value("RTMR2", "", boot.rtmr2().value())),
        List.of(
            ORDER,
            "RTMR0 depends on the machine and is not computed. RTMR1 and RTMR2 are computed, and were"
                + " compared with no hardware."));
  }

  /// Returns the lines for people.
  public List<String> lines() {
    var lines = new ArrayList<String>();
    for (var value : values) {
      lines.add("%-12s %s".formatted(value.name(), value.octets().hex()));
      if (!value.of().isEmpty()) {
        lines.add("%-12s %s".formatted("", value.of()));
      }
    }
    remarks.forEach(remark -> lines.add("%-12s %s".formatted("note", remark)));
    return lines;
  }

  /// Returns the same as members of an object.
  public JsonBuilder json() {
    var all =
        values.stream()
            .<JsonValue>map(
                value ->
                    new JsonBuilder()
                        .put("name", value.name())
                        .put("of", value.of())
                        .put("value", value.octets().hex())
                        .build())
            .toList();
    return new JsonBuilder().put("values", new JsonArray(all)).put("remarks", remarks);
  }
}
