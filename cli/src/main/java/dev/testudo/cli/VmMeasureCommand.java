package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.vm.ImageMeasurements;
import dev.testudo.cli.vm.PinnedFile;
import dev.testudo.cli.vm.SessionMeasurements;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.measure.UkiParts;
import dev.testudo.vm.measure.snp.CpuModel;
import dev.testudo.vm.measure.snp.LaunchShape;
import dev.testudo.vm.measure.snp.Vmm;
import dev.testudo.vm.measure.tdx.Mrtd;
import dev.testudo.vm.pe.PeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo vm measure`.
@Command(
    name = "measure",
    description = {
      "Computes what hardware or a TPM will measure of a VM image.",
      "On SEV-SNP the values depend on the machine: each of --vcpus with each of --cpu is one."
    })
final class VmMeasureCommand implements Callable<Integer> {
  private static final int MOST_ATTEMPTS = 16;

  /// Where the values are measured.
  private enum MeasuringPlatform {
    snp,
    tdx,
    tpm
  }

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "FILE", description = "The VM image.")
  private String image = "";

  @Option(
      names = "--platform",
      required = true,
      paramLabel = "snp|tdx|tpm",
      description = "What measures: AMD's SEV-SNP, Intel's TDX, or a TPM.")
  private MeasuringPlatform platform = MeasuringPlatform.tpm;

  @Option(
      names = "--firmware",
      paramLabel = "FILE[@sha256:DIGEST]",
      description = "The firmware of the machine; for snp and tdx.")
  private @Nullable String firmware;

  @Option(
      names = "--vcpus",
      split = ",",
      paramLabel = "N",
      description = "For snp: numbers of processors, with commas between them (default: 1).")
  private List<Integer> vcpus = new ArrayList<>();

  @Option(
      names = "--cpu",
      split = ",",
      paramLabel = "MODEL",
      description = "For snp: QEMU's models of processors, with commas (default: EPYC-Milan).")
  private List<String> cpus = new ArrayList<>();

  @Option(
      names = "--vmm",
      paramLabel = "qemu|ec2|gce",
      description = "For snp: who launches the machine (default: qemu).")
  private @Nullable String vmm;

  @Option(
      names = "--sev-features",
      paramLabel = "NUMBER",
      description = "For snp: SEV_FEATURES of the host (default: 1, SEV-SNP and nothing else).")
  private @Nullable Long features;

  @Option(
      names = "--boot-attempts",
      paramLabel = "N",
      description = "For tpm and tdx: boot entries that fail before the image (default: 0).")
  private @Nullable Integer attempts;

  @Option(
      names = "--session",
      paramLabel = "FILE",
      description =
          "The session to write the values into, in place of those in the rule of the service."
              + " Nothing else of it changes.")
  private @Nullable Path session;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service in the session (default: the one that the image names).")
  private @Nullable String service;

  @Mixin private OutputOption output = new OutputOption();

  VmMeasureCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    requireFitting();
    requireBootOrder();
    var file = PinnedFile.parse(image).read(PeFile.MOST_BYTES);
    var read = PeFile.read(file.path().toString(), file.bytes());
    var vain = attempts == null ? 0 : attempts;
    if (vain < 0 || vain > MOST_ATTEMPTS) {
      throw CommandFailed.usage("`--boot-attempts` takes 0 to %d".formatted(MOST_ATTEMPTS));
    }
    var measured =
        switch (platform) {
          case tpm -> ImageMeasurements.tpm(read, vain);
          case tdx -> ImageMeasurements.tdx(read, firmware(), Mrtd.PageOrder.PAGE_BY_PAGE, vain);
          case snp -> ImageMeasurements.snp(read, firmware(), shapes());
        };
    if (session != null) {
      write(session, measured, UkiParts.of(read));
    }
    if (output.isJson()) {
      var json =
          measured.json().put("image_sha256", file.sha256()).put("platform", platform.name());
      JsonOption.print(json, context.streams().out());
    } else {
      measured.lines().forEach(context.streams().out()::println);
    }
    return 0;
  }

  private void write(Path file, ImageMeasurements measured, UkiParts parts)
      throws IOException, CommandFailed {
    var values =
        switch (platform) {
          case snp -> SessionMeasurements.snp(measured);
          case tdx -> SessionMeasurements.tdx(measured);
          case tpm -> SessionMeasurements.tpm(measured);
        };
    var named = Optional.ofNullable(service).or(() -> SessionMeasurements.service(parts));
    var changed = SessionMeasurements.write(values, file, named);
    context
        .streams()
        .err()
        .println(
            "testudo: %s %s".formatted(file, changed ? "has the values now" : "has the values"));
  }

  /// Refuses to write what depends on the order in which a machine boots, unless the user says what
  /// it is: RTMR2 without RTMR1 identifies nothing, because any other loader can extend it.
  private void requireBootOrder() throws CommandFailed {
    if (session != null && platform == MeasuringPlatform.tdx && attempts == null) {
      throw CommandFailed.usage(
          "RTMR1 depends on the boot order of the machine; say with `--boot-attempts` how many"
              + " entries fail before the image");
    }
    if (service != null && session == null) {
      throw CommandFailed.usage("`--service` has no effect without `--session`; leave it out");
    }
  }

  /// Refuses options that would have no effect.
  private void requireFitting() throws CommandFailed {
    var useless = new ArrayList<String>();
    if (platform != MeasuringPlatform.snp) {
      if (!vcpus.isEmpty()) {
        useless.add("`--vcpus`");
      }
      if (!cpus.isEmpty()) {
        useless.add("`--cpu`");
      }
      if (vmm != null) {
        useless.add("`--vmm`");
      }
      if (features != null) {
        useless.add("`--sev-features`");
      }
    } else if (attempts != null) {
      useless.add("`--boot-attempts`");
    }
    if (platform == MeasuringPlatform.tpm && firmware != null) {
      useless.add("`--firmware`");
    }
    if (!useless.isEmpty()) {
      throw CommandFailed.usage(
          "%s has no effect with `--platform %s`; leave it out"
              .formatted(String.join(", ", useless), platform));
    }
  }

  private Firmware firmware() throws IOException, CommandFailed {
    if (firmware == null) {
      throw CommandFailed.usage(
          "`--platform %s` measures the firmware; name it with `--firmware`".formatted(platform));
    }
    return Firmware.read(PinnedFile.parse(firmware).read(Firmware.MOST_BYTES).bytes());
  }

  private List<LaunchShape> shapes() throws CommandFailed {
    var shapes = new ArrayList<LaunchShape>();
    for (var cpu : cpus.isEmpty() ? List.of(CpuModel.MILAN.text()) : cpus) {
      var model =
          CpuModel.named(cpu)
              .orElseThrow(
                  () ->
                      CommandFailed.usage(
                          "`%s` is none of the processors with SEV-SNP: EPYC, EPYC-Rome, EPYC-Milan, EPYC-Genoa, EPYC-Turin, with or without a version"
                              .formatted(cpu)));
      for (var count : vcpus.isEmpty() ? List.of(1) : vcpus) {
        try {
          shapes.add(
              new LaunchShape(
                  monitor(),
                  count,
                  model.signature(),
                  features == null ? LaunchShape.SNP_ONLY : features));
        } catch (IllegalArgumentException e) {
          throw CommandFailed.usage(String.valueOf(e.getMessage()));
        }
      }
    }
    return shapes;
  }

  private Vmm monitor() throws CommandFailed {
    return switch (vmm == null ? "qemu" : vmm) {
      case "qemu" -> Vmm.QEMU;
      case "ec2" -> Vmm.EC2;
      case "gce" -> Vmm.GCE;
      default ->
          throw CommandFailed.usage("`--vmm` takes qemu, ec2 or gce, not `%s`".formatted(vmm));
    };
  }
}
