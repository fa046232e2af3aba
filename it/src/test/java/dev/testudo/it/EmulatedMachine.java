package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A machine that QEMU emulates, with UEFI firmware, a disk that has one VM image, and a software
/// TPM.
///
/// @param console what the machine prints
record EmulatedMachine(Process qemu, Path console) implements AutoCloseable {
  private static final Path CODE = Path.of("/usr/share/OVMF/OVMF_CODE_4M.fd");
  private static final Path VARIABLES = Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd");
  private static final Path KERNELS = Command.ROOT.resolve("target/kernel");

  /// Returns the package of the kernel that `./test` has fetched.
  static Path kernel() throws IOException {
    try (Stream<Path> files = Files.list(KERNELS)) {
      return files
          .filter(file -> file.toString().endsWith(".deb"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  /// Starts a machine.
  ///
  /// @param folder an empty folder for its files
  /// @param image the VM image
  /// @param token a join token
  static EmulatedMachine start(Path folder, Path image, String token)
      throws IOException, InterruptedException {
    var boot = Files.createDirectories(folder.resolve("disk/EFI/BOOT"));
    Files.createLink(boot.resolve("BOOTX64.EFI"), image);
    var variables = Files.copy(VARIABLES, folder.resolve("variables"));
    var tokenFile = Files.writeString(folder.resolve("token"), token);
    var tpm = startTpm(folder);
    var words = new ArrayList<>(List.of("qemu-system-x86_64", "-M", "q35", "-cpu", "max"));
    words.addAll(List.of("-accel", "tcg,thread=multi", "-m", "1024", "-smp", "2", "-nodefaults"));
    words.addAll(List.of("-no-reboot", "-display", "none", "-serial", "stdio"));
    words.addAll(List.of("-drive", "if=pflash,format=raw,readonly=on,file=" + CODE));
    words.addAll(List.of("-drive", "if=pflash,format=raw,file=" + variables));
    words.addAll(
        List.of("-drive", "if=none,id=disk,format=raw,file=fat:" + folder.resolve("disk")));
    words.set(words.size() - 1, words.getLast() + ",readonly=on");
    words.addAll(List.of("-device", "virtio-blk-pci,drive=disk"));
    words.addAll(List.of("-chardev", "socket,id=tpm,path=" + tpm));
    words.addAll(
        List.of("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-crb,tpmdev=tpm0"));
    words.addAll(List.of("-nic", "user,model=virtio-net-pci", "-device", "virtio-rng-pci"));
    words.addAll(List.of("-fw_cfg", "name=opt/dev.testudo/token,file=" + tokenFile));
    var console = folder.resolve("console");
    var qemu =
        new ProcessBuilder(words)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start();
    return new EmulatedMachine(qemu, console);
  }

  /// Starts a software TPM, which ends with QEMU, and returns its socket.
  private static Path startTpm(Path folder) throws IOException, InterruptedException {
    var state = Files.createDirectories(folder.resolve("tpm"));
    var socket = folder.resolve("tpm.sock");
    var made = Command.run("swtpm_setup", "--tpm2", "--tpmstate", state.toString());
    assertEquals(0, made.exit(), made.all());
    var started =
        Command.run(
            "swtpm",
            "socket",
            "--tpm2",
            "--tpmstate",
            "dir=" + state,
            "--terminate",
            "--daemon",
            "--ctrl",
            "type=unixio,path=" + socket);
    assertEquals(0, started.exit(), started.all());
    return socket;
  }

  /// Returns what the machine has printed, without the sequences of terminals.
  String printed() {
    try {
      var text = Files.readString(console, StandardCharsets.ISO_8859_1);
      return text.replace("\r", "").replaceAll("\u001b\\[[0-9;=?]*[A-Za-z]", "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits until the machine has turned itself off, and returns what it printed.
  String awaitOff() throws InterruptedException {
    assertTrue(qemu.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS), this::printed);
    return printed();
  }

  @Override
  public void close() {
    qemu.destroyForcibly();
  }
}
