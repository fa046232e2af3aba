package dev.testudo.cli;

import dev.testudo.cli.chart.CasChart;
import dev.testudo.cli.chart.ChartDirectory;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command `testudo cas chart`.
@Command(
    name = "chart",
    description = {
      "Writes the Helm chart of a CAS.",
      "The chart has no key, no password and no address; values.yaml in it says what you can set."
    })
final class CasChartCommand implements Callable<Integer> {
  private final CliContext context;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where to write the chart (default: target/cas-chart).")
  private Path directory = Path.of("target/cas-chart");

  CasChartCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    ChartDirectory.write(directory.toAbsolutePath(), CasChart.files(VersionCommand.version()));
    context
        .streams()
        .out()
        .println(
            "chart in %1$s; install it with `helm install cas %1$s --set 'owners={HASH}'`, where `testudo identity show --key-hash` prints the hash of your key"
                .formatted(directory));
    return ExitCode.DONE.number();
  }
}
