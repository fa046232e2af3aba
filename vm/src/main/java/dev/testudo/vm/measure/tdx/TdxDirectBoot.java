package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA384;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.MeasuredEvent;
import dev.testudo.vm.measure.MeasuredRegister;
import dev.testudo.vm.pe.Authenticode;
import dev.testudo.vm.pe.PeFile;
import java.util.ArrayList;
import java.util.List;

/// A trust domain whose kernel QEMU loads (`-kernel`, `-initrd`, `-append`). The firmware starts
/// the kernel as a program of UEFI, so it measures the kernel, and the kernel its command line and
/// initrd.
///
/// @param kernel the file
/// @param initrd the file
/// @param commandLine what follows `-append`
/// @param form in which form the firmware gets the kernel
/// @param memory the memory of the machine (type q35) in bytes; it counts for a patched kernel, and
///     below 2.75 GiB
public record TdxDirectBoot(
    Octets kernel, Octets initrd, String commandLine, KernelForm form, long memory) {
  /// In which form a kernel is measured.
  public enum KernelForm {
    /// With the fields of its setup header that QEMU fills in: firmware before edk2 2025.05.
    PATCHED_BY_QEMU,
    /// As it is in the file: later firmware.
    AS_FILE
  }

  /// What the firmware appends to the command line for an initrd.
  private static final String INITRD_OPTION = " initrd=initrd";

  /// Returns RTMR1: the kernel, and that the firmware started it and ended.
  ///
  /// @throws VmException if the kernel is malformed
  public MeasuredRegister rtmr1() throws VmException {
    var loaded =
        switch (form) {
          case PATCHED_BY_QEMU -> PatchedKernel.of(kernel, initrd.length(), memory);
          case AS_FILE -> kernel;
        };
    var events = new ArrayList<MeasuredEvent>();
    var digest = Authenticode.digest(PeFile.read("the kernel", loaded), SHA384);
    events.add(new MeasuredEvent("kernel", digest));
    events.addAll(BootPath.DIRECT.events(SHA384));
    events.addAll(ExitBootServices.events());
    return new MeasuredRegister(SHA384, events);
  }

  /// Returns RTMR2: command line and initrd.
  public MeasuredRegister rtmr2() {
    return new MeasuredRegister(
        SHA384,
        List.of(
            MeasuredEvent.loadOptions(commandLine + INITRD_OPTION, SHA384),
            MeasuredEvent.of("initrd", initrd, SHA384)));
  }
}
