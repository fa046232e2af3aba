package dev.testudo.container.guest;

import dev.testudo.linux.machine.Power;
import dev.testudo.linux.mount.Mounts;
import dev.testudo.trust.measure.ImageDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// A virtual machine whose kernel has unpacked the initrd and started this process. Everything in
/// the initrd was measured when the machine started.
public final class Guest {
  /// The folder of the agent and of what belongs to the machine.
  private static final Path OWN = Path.of("/.testudo");

  private static final Path MACHINE = OWN.resolve("vm");
  private static final Path MODULES_LOCK = Path.of("/proc/sys/kernel/modules_disabled");

  private static final Path TPM = Path.of("/sys/class/tpm/tpm0/pcr-sha256");
  private static final List<String> REGISTERS = List.of("4", "9", "11");
  private static final Path TOKEN =
      Path.of("/sys/firmware/qemu_fw_cfg/by_name/opt/dev.testudo/token/raw");

  private final Consumer<String> messages;

  /// @param messages gets one line for what is worth knowing
  public Guest(Consumer<String> messages) {
    this.messages = messages;
  }

  /// One step of the preparation.
  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /// Prepares the machine: afterwards it has its file systems, the drivers that the initrd names,
  /// and an address. No further code enters the kernel, and the root is read-only.
  ///
  /// @throws GuestException if a step fails; the machine is of no use then
  public void prepare() throws GuestException, InterruptedException {
    step("mount the kernel's file systems", GuestFileSystems::mount);
    step("remove what the image lacks", Guest::removeAbsent);
    step("load the kernel modules", new GuestModules(MACHINE)::load);
    step("mount the file systems of kernel modules", GuestFileSystems::mountOfModules);
    step("forbid further kernel modules", () -> Files.writeString(MODULES_LOCK, "1"));
    step("take over the keys Ctrl-Alt-Del", Power::signalOnKeys);
    step("configure the network", new GuestNetwork(messages)::configure);
    step("mount folders in memory", () -> GuestFileSystems.mountMemory(unmeasured()));
    step("read the registers of the TPM", this::tellOfTpm);
    step("make the root read-only", () -> Mounts.makeReadOnly(Path.of("/")));
  }

  /// Removes directories that each kernel has and this image lacks. They would be measured.
  private static void removeAbsent() throws IOException {
    for (var name : Files.readAllLines(MACHINE.resolve("absent"))) {
      Files.deleteIfExists(Path.of("/", name));
    }
  }

  /// Prints the registers that `testudo vm measure --platform tpm` computes, if there is a TPM.
  /// They prove nothing here; a verifier takes them from a quote.
  private void tellOfTpm() throws IOException {
    for (var register : REGISTERS) {
      var file = TPM.resolve(register);
      if (Files.exists(file)) {
        var value = Files.readString(file).strip().toLowerCase(Locale.ROOT);
        messages.accept("PCR %s: %s".formatted(register, value));
      }
    }
  }

  /// Returns the join token that whoever started the machine gave to it, for services that tolerate
  /// software evidence. QEMU brings it: `-fw_cfg name=opt/dev.testudo/token,file=FILE`.
  public static Optional<Path> token() {
    return Optional.of(TOKEN).filter(Files::exists);
  }

  private static ImageDescription unmeasured() throws IOException {
    return ImageDescription.parse(Files.readAllBytes(OWN.resolve("image.json")));
  }

  private static void step(String what, Step step) throws GuestException, InterruptedException {
    try {
      step.run();
    } catch (IOException e) {
      throw new GuestException("cannot %s: %s".formatted(what, e.getMessage()), e);
    }
  }
}
