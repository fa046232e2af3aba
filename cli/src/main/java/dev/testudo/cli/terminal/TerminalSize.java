package dev.testudo.cli.terminal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The size of a terminal in rows and columns.
public record TerminalSize(int rows, int columns) {
  /// The size assumed for a terminal that does not report one.
  public static final TerminalSize USUAL = new TerminalSize(24, 80);

  /// The timeout for `stty` in seconds. It usually answers at once; the timeout is for
  /// overloaded machines.
  static final int PATIENCE = 10;

  private static final Pattern ANSWER = Pattern.compile("(\\d{1,4}) (\\d{1,4})\\s*");

  /// Returns the size of the controlling terminal. Uses `stty`, since the JDK has no means for it.
  public static TerminalSize ofControllingTerminal() {
    try {
      var stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(PATIENCE, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return USUAL;
      }
      return parse(new String(stty.getInputStream().readNBytes(32), US_ASCII));
    } catch (IOException e) {
      return USUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL;
    }
  }

  static TerminalSize parse(String answer) {
    var match = ANSWER.matcher(answer);
    if (!match.matches()) {
      return USUAL;
    }
    var rows = Integer.parseInt(match.group(1));
    var columns = Integer.parseInt(match.group(2));
    return rows < 2 || columns < 2 ? USUAL : new TerminalSize(rows, columns);
  }
}
