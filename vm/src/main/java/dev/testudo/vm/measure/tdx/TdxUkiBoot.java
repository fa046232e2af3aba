package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA384;

import dev.testudo.vm.VmException;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.MeasuredEvent;
import dev.testudo.vm.measure.MeasuredRegister;
import dev.testudo.vm.measure.UkiParts;
import dev.testudo.vm.pe.Authenticode;
import dev.testudo.vm.pe.PeFile;
import java.util.ArrayList;
import java.util.List;

/// A trust domain whose firmware boots a unified kernel image from a disk. This follows what
/// Dstack-TEE/dstack says to have seen on hardware (`dstack-mr/src/uefi_boot.rs`); no public value
/// was compared, so the registers are computed and not confirmed.
///
/// RTMR1 depends on the boot order of the machine, see [BootPath]. RTMR2 is that of a stub that
/// itself measures nothing into RTMRs.
///
/// @param image the image
/// @param path how the firmware comes to it
public record TdxUkiBoot(PeFile image, BootPath path) {
  /// Returns RTMR1: how the firmware came to the image, the image, the kernel in it, and that the
  /// firmware ended.
  ///
  /// @throws VmException if the image is malformed or not a unified kernel image
  public MeasuredRegister rtmr1() throws VmException {
    var parts = UkiParts.of(image);
    var events = new ArrayList<>(path.events(SHA384));
    path.partitionTable()
        .ifPresent(digest -> events.add(new MeasuredEvent("partition table", digest)));
    events.add(new MeasuredEvent("image", Authenticode.digest(image, SHA384)));
    var kernel = PeFile.read("the kernel of the image", parts.kernel());
    events.add(new MeasuredEvent("kernel", Authenticode.digest(kernel, SHA384)));
    events.addAll(ExitBootServices.events());
    return new MeasuredRegister(SHA384, events);
  }

  /// Returns RTMR2: command line and initrd, which the kernel measures.
  ///
  /// @throws VmException if the image is malformed or not a unified kernel image
  public MeasuredRegister rtmr2() throws VmException {
    var parts = UkiParts.of(image);
    return new MeasuredRegister(
        SHA384,
        List.of(
            MeasuredEvent.loadOptions(parts.commandLine(), SHA384),
            MeasuredEvent.of("initrd", parts.initrd(), SHA384)));
  }
}
