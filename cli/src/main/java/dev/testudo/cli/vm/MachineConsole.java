package dev.testudo.cli.vm;

import dev.testudo.cli.process.ChildOutput;
import dev.testudo.policy.source.Printable;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What a machine prints on its serial line. The machine may print anything, so control characters
/// do not reach the terminal.
public final class MachineConsole implements ChildOutput, Closeable {
  /// What `container.VmMain` prints last.
  private static final Pattern ENDED =
      Pattern.compile("testudo vm: the service ended with exit code (\\d{1,3}); .*");

  /// What firmware sends to terminals.
  private static final Pattern TERMINAL = Pattern.compile("\u001b\\[[0-9;=?]*[A-Za-z]");

  private final PrintStream out;
  private final PrintStream err;
  private final Optional<BufferedWriter> file;
  private volatile OptionalInt exitCode = OptionalInt.empty();

  /// @param out gets the lines of the machine
  /// @param err gets the complaints of QEMU
  /// @param file also gets the lines of the machine
  public MachineConsole(PrintStream out, PrintStream err, Optional<Path> file) throws IOException {
    this.out = out;
    this.err = err;
    this.file =
        file.isPresent() ? Optional.of(Files.newBufferedWriter(file.get())) : Optional.empty();
  }

  @Override
  public void out(String line) {
    var text = Printable.of(TERMINAL.matcher(line.replace("\r", "")).replaceAll(""));
    var ended = ENDED.matcher(text);
    if (ended.matches()) {
      exitCode = OptionalInt.of(Integer.parseInt(ended.group(1)));
    }
    out.println(text);
    try {
      if (file.isPresent()) {
        file.get().write(text + "\n");
        file.get().flush();
      }
    } catch (IOException e) {
      err.println("testudo: cannot write what the machine prints: " + e.getMessage());
    }
  }

  @Override
  public void err(String line) {
    err.println("testudo: QEMU: " + Printable.of(line));
  }

  /// Returns the exit code of the agent in the machine, once it has printed that. The machine may
  /// lie; nothing but the exit code of a command depends on it.
  public OptionalInt exitCode() {
    return exitCode;
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }
}
