package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.process.SystemProcesses;
import dev.testudo.cli.vm.MachineConsole;
import dev.testudo.cli.vm.MachineRun;
import dev.testudo.cli.vm.PinnedFile;
import dev.testudo.cli.vm.VirtualMachine;
import dev.testudo.cli.vm.VirtualMachine.Accelerator;
import dev.testudo.cli.vm.VirtualMachine.PortForward;
import dev.testudo.cli.vm.VirtualMachine.Size;
import dev.testudo.vm.measure.UkiParts;
import dev.testudo.vm.measure.snp.LaunchShape;
import dev.testudo.vm.pe.PeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo vm run`.
@Command(
    name = "run",
    description = {
      "Runs a VM image in QEMU on this machine, without root, until its program ends.",
      "Nothing protects the machine from its host: this is for trying an image. With KVM it is fast;"
          + " where KVM runs no kernel, QEMU emulates the processor.",
      "Ctrl-C asks the agent in the machine to end. The exit code is that of the agent."
    })
final class VmRunCommand implements Callable<Integer> {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);
  /// The files of an initrd are unpacked into memory.
  private static final int LEAST_MEMORY = 512;

  private static final int MOST_MEMORY = 1 << 20;
  private static final int MOST_PORT = 65_535;

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "FILE", description = "The VM image.")
  private String image = "";

  @Option(
      names = {"-p", "--publish"},
      paramLabel = "HOST:MACHINE",
      description =
          "A port of 127.0.0.1 that leads to a port of the machine. Can be given several times.")
  private List<String> ports = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A join token for the service, see `testudo token create`.")
  private @Nullable Path token;

  @Option(
      names = "--memory",
      paramLabel = "MIB",
      defaultValue = "1024",
      description = "The memory of the machine in MiB (default: 1024).")
  private int memory;

  @Option(
      names = "--vcpus",
      paramLabel = "N",
      defaultValue = "2",
      description = "The processors of the machine (default: 2).")
  private int processors;

  @Option(
      names = "--accelerator",
      paramLabel = "kvm|tcg|auto",
      defaultValue = "auto",
      description = "What runs the instructions; auto tries KVM for 5 seconds (default: auto).")
  private String accelerator = "auto";

  @Option(
      names = "--firmware",
      paramLabel = "FILE",
      defaultValue = "/usr/share/OVMF/OVMF_CODE_4M.fd",
      description = "The code of the firmware (default: that of Debian's package ovmf).")
  private Path firmware = Path.of("");

  @Option(
      names = "--firmware-variables",
      paramLabel = "FILE",
      defaultValue = "/usr/share/OVMF/OVMF_VARS_4M.fd",
      description = "The variables with which the firmware begins (default: that of ovmf).")
  private Path variables = Path.of("");

  @Option(names = "--no-tpm", description = "Runs the machine without a software TPM.")
  private boolean noTpm;

  @Option(
      names = "--console",
      paramLabel = "FILE",
      description = "Also writes what the machine prints to FILE.")
  private @Nullable Path console;

  VmRunCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed, InterruptedException {
    var forwards = forwards();
    requireSizes();
    var file = PinnedFile.parse(image).read(PeFile.MOST_BYTES);
    var parts = UkiParts.of(PeFile.read(file.path().toString(), file.bytes()));
    if (token != null && !Files.isReadable(token)) {
      throw CommandFailed.input("the token file %s cannot be read".formatted(token));
    }
    for (var needed : List.of(firmware, variables)) {
      if (!Files.isRegularFile(needed)) {
        throw CommandFailed.environment(
            "there is no firmware at %s; install ovmf, or name one with `--firmware`"
                .formatted(needed));
      }
    }
    var folder = Files.createTempDirectory("testudo-vm-");
    var processes = new SystemProcesses();
    try (var signals = StopSignals.listen(STOP_LIMIT, context.insistence(), processes::endAll)) {
      var boot = Files.createDirectories(folder.resolve(VirtualMachine.DISK).resolve("EFI/BOOT"));
      Files.write(boot.resolve("BOOTX64.EFI"), file.bytes().toBytes());
      Files.copy(variables, folder.resolve(VirtualMachine.VARIABLES));
      var run = new MachineRun(processes, context.environment(), folder);
      var chosen = accelerator(run, parts);
      say(chosen);
      if (!noTpm) {
        run.startTpm();
      }
      var machine =
          new VirtualMachine(
              folder,
              firmware,
              chosen,
              new Size(processors, memory),
              forwards,
              Optional.ofNullable(token));
      return serve(run, machine, signals);
    } finally {
      processes.endAll();
      delete(folder);
    }
  }

  private int serve(MachineRun run, VirtualMachine machine, StopSignals signals)
      throws IOException, CommandFailed, InterruptedException {
    var streams = context.streams();
    try (var lines =
        new MachineConsole(streams.out(), streams.err(), Optional.ofNullable(console))) {
      var started = run.start(machine, !noTpm, lines);
      signals.tell(() -> run.stop(started));
      started.ended().join();
      return lines
          .exitCode()
          .orElseThrow(() -> CommandFailed.environment("the machine ended before its service did"));
    }
  }

  private void requireSizes() throws CommandFailed {
    if (memory < LEAST_MEMORY || memory > MOST_MEMORY) {
      throw CommandFailed.usage(
          "`--memory` takes %d to %d MiB".formatted(LEAST_MEMORY, MOST_MEMORY));
    }
    if (processors < 1 || processors > LaunchShape.MOST_VCPUS) {
      throw CommandFailed.usage("`--vcpus` takes 1 to %d".formatted(LaunchShape.MOST_VCPUS));
    }
  }

  private void say(Accelerator chosen) {
    context
        .streams()
        .err()
        .println(
            "testudo: the machine runs in QEMU with %s: nothing protects it from this host"
                .formatted(chosen));
  }

  private Accelerator accelerator(MachineRun run, UkiParts parts)
      throws IOException, InterruptedException, CommandFailed {
    return switch (accelerator.toLowerCase(Locale.ROOT)) {
      case "auto" -> run.accelerator(parts.kernel());
      case "kvm" -> Accelerator.KVM;
      case "tcg" -> Accelerator.TCG;
      default ->
          throw CommandFailed.usage(
              "`--accelerator` takes kvm, tcg or auto, not `%s`".formatted(accelerator));
    };
  }

  private List<PortForward> forwards() throws CommandFailed {
    var all = new ArrayList<PortForward>();
    for (var text : ports) {
      var numbers = text.split(":", -1);
      if (numbers.length != 2 || !isPort(numbers[0]) || !isPort(numbers[1])) {
        throw CommandFailed.usage("`%s` is not HOST:MACHINE, two ports".formatted(text));
      }
      all.add(new PortForward(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
    }
    return all;
  }

  private static boolean isPort(String text) {
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= MOST_PORT;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (var path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
