package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.volume.VolumeArchive;
import dev.testudo.policy.source.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo volume export`.
@Command(
    name = "export",
    description = {
      "Writes a volume, or a part of it, to standard output as a tar archive.",
      "If something is damaged, the archive has everything else, standard error lists what is missing, and the exit code is 1. Sockets are left out. Nobody may use the volume meanwhile."
    })
final class VolumeExportCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      paramLabel = "DIR[:PATH]",
      description = "The directory of the volume, and a path in it (default: its root).")
  private String place = "";

  @Mixin private VolumeKeyOption key = new VolumeKeyOption();

  VolumeExportCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (context.terminal()) {
      throw CommandFailed.usage("the archive goes to standard output; add `> FILE.tar`");
    }
    var wanted = VolumePlace.parse(place);
    var damaged = new AtomicLong();
    try (var volume = key.open(wanted.directory(), context)) {
      Consumer<String> say = line -> context.streams().err().println(Printable.of(line));
      Consumer<String> lost =
          line -> {
            damaged.incrementAndGet();
            say.accept("damaged: " + line);
          };
      var out = new ArchiveOutput(context.streams().out());
      new VolumeArchive(volume, out, lost, say).write(wanted.find(volume), wanted.name());
      out.flush();
    }
    if (damaged.get() > 0) {
      throw CommandFailed.input(
          "the volume is damaged: %d places are not in the archive".formatted(damaged.get()));
    }
    return 0;
  }

  /// Standard output, with exceptions.
  private static final class ArchiveOutput extends OutputStream {
    private final PrintStream out;

    ArchiveOutput(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      flush();
    }

    @Override
    public void flush() throws IOException {
      if (out.checkError()) {
        throw new IOException("cannot write to standard output");
      }
    }
  }
}
