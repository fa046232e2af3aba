package dev.testudo.cli.terminal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Puts the controlling terminal into a mode in which it delivers each key at once and does not
/// echo it, until this object is closed. Ctrl-C keeps its function. Uses `stty`, since the JDK
/// has no means for it.
public final class RawKeys implements AutoCloseable {
  private static final int LONGEST_SETTINGS = 1024;

  private final InputStream in;
  private final String before;

  private RawKeys(InputStream in, String before) {
    this.in = in;
    this.before = before;
  }

  /// Changes the mode of the terminal.
  ///
  /// @param in the terminal's input
  /// @throws IOException if the mode cannot be changed
  public static RawKeys begin(InputStream in) throws IOException {
    var keys = new RawKeys(in, stty("-g"));
    stty("-icanon", "-echo", "min", "1");
    return keys;
  }

  /// Waits until `key` is pressed or the input ends.
  public void await(char key) throws IOException {
    for (var next = in.read(); next >= 0 && next != key; next = in.read()) {
      // Ignore every other key.
    }
  }

  private static String stty(String... words) throws IOException {
    var command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(words));
    var stty =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/tty"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!stty.waitFor(TerminalSize.PATIENCE, TimeUnit.SECONDS) || stty.exitValue() != 0) {
        stty.destroyForcibly();
        throw new IOException("stty cannot set the terminal");
      }
      return new String(stty.getInputStream().readNBytes(LONGEST_SETTINGS), US_ASCII).strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while setting the terminal", e);
    }
  }

  /// Restores the mode of the terminal.
  @Override
  public void close() throws IOException {
    stty(before);
  }
}
