package dev.testudo.cli.vm;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.process.ChildOutput;
import dev.testudo.cli.process.ChildProcess;
import dev.testudo.cli.process.ChildSpec;
import dev.testudo.cli.process.SystemProcesses;
import dev.testudo.cli.vm.VirtualMachine.Accelerator;
import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs the programs of a virtual machine: QEMU and a software TPM. They end with this process,
/// whatever happens to it, because a shell waits for the end of their input and kills them.
///
/// @param processes starts them
/// @param environment the variables of the caller, of which programs get the search path
/// @param folder the private folder of the machine
public record MachineRun(SystemProcesses processes, Map<String, String> environment, Path folder) {
  private static final String KILLED_WITH_ITS_INPUT =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      child=$!
      { cat <&3; kill -9 $child; } >/dev/null 2>&1 &
      wait $child
      code=$?
      kill $! 2>/dev/null
      exit $code
      """;

  private static final Duration PROBE = Duration.ofSeconds(5);
  private static final Duration START_OF_TPM = Duration.ofSeconds(10);
  private static final Duration KEYS = Duration.ofSeconds(30);
  private static final Path KVM = Path.of("/dev/kvm");

  /// Starts a machine.
  public ChildProcess start(VirtualMachine machine, boolean withTpm, ChildOutput output)
      throws IOException {
    return start(machine.command(withTpm), output);
  }

  private ChildProcess start(List<String> command, ChildOutput output) throws IOException {
    var words = new ArrayList<>(List.of("sh", "-c", KILLED_WITH_ITS_INPUT, "sh"));
    words.addAll(command);
    var path = environment.getOrDefault("PATH", "/usr/bin:/bin");
    return processes.start(new ChildSpec(words, Map.of("PATH", path), folder), output);
  }

  /// Presses Ctrl-Alt-Del in a machine and waits for its end, or kills it after half a minute.
  public void stop(ChildProcess machine) {
    try {
      new QemuCommands(folder.resolve(VirtualMachine.COMMANDS)).pressKeys();
      machine.ended().get(KEYS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException | ExecutionException | TimeoutException e) {
      machine.kill(); // it does not listen, or does not end
    } catch (InterruptedException e) {
      machine.kill();
      Thread.currentThread().interrupt();
    }
  }

  /// Starts a software TPM with a new state. It ends when QEMU ends.
  ///
  /// @throws CommandFailed if it does not start
  public void startTpm() throws IOException, InterruptedException, CommandFailed {
    var state = Files.createDirectories(folder.resolve("tpm"));
    var socket = folder.resolve(VirtualMachine.TPM);
    var made = await(List.of("swtpm_setup", "--tpm2", "--tpmstate", state.toString()));
    if (made == 0) {
      var words = List.of("swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + state);
      var more = new ArrayList<>(words);
      more.addAll(List.of("--terminate", "--ctrl", "type=unixio,path=" + socket));
      start(more, new Lines());
      for (var end = System.nanoTime() + START_OF_TPM.toNanos(); System.nanoTime() < end; ) {
        if (Files.exists(socket)) {
          return;
        }
        Thread.sleep(20);
      }
    }
    throw CommandFailed.environment(
        "the software TPM does not start; install swtpm and swtpm-tools, or leave it out with `--no-tpm`");
  }

  private int await(List<String> command) throws IOException, InterruptedException {
    try {
      return start(command, new Lines()).ended().get();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  /// Finds out whether KVM runs a kernel here. That `/dev/kvm` can be opened proves nothing: a host
  /// that is itself a guest may offer it and run no ordinary kernel.
  ///
  /// @param kernel the kernel to try; without an initrd it panics and restarts, which ends QEMU
  public Accelerator accelerator(Octets kernel) throws IOException, InterruptedException {
    if (!Files.isWritable(KVM)) {
      return Accelerator.TCG;
    }
    var file = Files.write(folder.resolve("kernel"), kernel.toBytes());
    var lines = new Lines();
    var words = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "q35", "-accel", "kvm"));
    words.addAll(List.of("-cpu", "host", "-m", "256", "-nodefaults", "-no-reboot"));
    words.addAll(List.of("-display", "none", "-serial", "stdio", "-kernel", file.toString()));
    words.addAll(List.of("-append", "console=ttyS0 panic=-1"));
    var trial = start(words, lines);
    var ran = lines.first.await(PROBE.toMillis(), TimeUnit.MILLISECONDS);
    trial.kill();
    return ran ? Accelerator.KVM : Accelerator.TCG;
  }

  /// Notices that something is printed on standard output.
  private static final class Lines implements ChildOutput {
    private final CountDownLatch first = new CountDownLatch(1);

    @Override
    public void out(String line) {
      if (!line.isBlank()) {
        first.countDown();
      }
    }

    @Override
    public void err(String line) {
      // QEMU's complaints mean that it did not work.
    }
  }
}
