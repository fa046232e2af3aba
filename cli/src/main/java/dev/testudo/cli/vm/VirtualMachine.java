package dev.testudo.cli.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A machine of QEMU that boots a VM image with UEFI firmware. It has one disk with the image, a
/// network behind its host, and one serial line.
///
/// @param folder has the disk and what belongs to the machine, see the constants
/// @param firmware the firmware, which the machine cannot change
/// @param accelerator what runs its instructions
/// @param size processors and memory
/// @param ports which ports of the host lead to which ports of the machine
/// @param token a file with a join token
public record VirtualMachine(
    Path folder,
    Path firmware,
    Accelerator accelerator,
    Size size,
    List<PortForward> ports,
    Optional<Path> token) {
  /// A directory that the machine sees as a disk with FAT.
  public static final String DISK = "disk";

  /// The variables of the firmware.
  public static final String VARIABLES = "variables";

  /// The socket of the software TPM. Without it, the machine has none.
  public static final String TPM = "tpm.sock";

  /// The socket for commands to QEMU (QMP).
  public static final String COMMANDS = "qmp.sock";

  /// Copies the list.
  public VirtualMachine {
    ports = List.copyOf(ports);
  }

  /// What runs the instructions of a machine.
  public enum Accelerator {
    /// The processor, by Linux.
    KVM,
    /// QEMU itself, instruction by instruction.
    TCG
  }

  /// The size of a machine.
  ///
  /// @param memory MiB
  public record Size(int processors, int memory) {}

  /// A port of the host's loopback interface that leads to a port of the machine.
  public record PortForward(int host, int machine) {
    /// Returns QEMU's option for it.
    String option() {
      return ",hostfwd=tcp:127.0.0.1:%d-:%d".formatted(host, machine);
    }
  }

  /// Returns the command that runs the machine.
  ///
  /// @param withTpm whether the socket of a software TPM is in the folder
  public List<String> command(boolean withTpm) {
    var words = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "q35"));
    words.addAll(
        switch (accelerator) {
          case KVM -> List.of("-accel", "kvm", "-cpu", "host");
          case TCG -> List.of("-accel", "tcg,thread=multi", "-cpu", "max");
        });
    words.addAll(List.of("-m", String.valueOf(size.memory())));
    words.addAll(List.of("-smp", String.valueOf(size.processors())));
    words.addAll(List.of("-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"));
    words.addAll(
        List.of("-qmp", "unix:" + escaped(folder.resolve(COMMANDS)) + ",server=on,wait=off"));
    var flash = "if=pflash,format=raw,file=";
    words.addAll(List.of("-drive", flash + escaped(firmware) + ",readonly=on"));
    words.addAll(List.of("-drive", flash + escaped(folder.resolve(VARIABLES))));
    words.addAll(
        List.of(
            "-drive",
            "if=none,id=disk,format=raw,readonly=on,file=fat:" + escaped(folder.resolve(DISK))));
    words.addAll(List.of("-device", "virtio-blk-pci,drive=disk", "-device", "virtio-rng-pci"));
    var nic = new StringBuilder("user,model=virtio-net-pci");
    ports.forEach(port -> nic.append(port.option()));
    words.addAll(List.of("-nic", nic.toString()));
    if (withTpm) {
      words.addAll(List.of("-chardev", "socket,id=tpm,path=" + escaped(folder.resolve(TPM))));
      words.addAll(List.of("-tpmdev", "emulator,id=tpm0,chardev=tpm"));
      words.addAll(List.of("-device", "tpm-crb,tpmdev=tpm0"));
    }
    token.ifPresent(
        file ->
            words.addAll(List.of("-fw_cfg", "name=opt/dev.testudo/token,file=" + escaped(file))));
    return words;
  }

  /// Returns a path as a value of QEMU's options, in which a comma ends a value.
  private static String escaped(Path path) {
    return path.toAbsolutePath().toString().replace(",", ",,");
  }
}
