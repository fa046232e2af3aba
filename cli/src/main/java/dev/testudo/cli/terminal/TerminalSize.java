package dev.testudo.cli.terminal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Rows and columns of a terminal.
public record TerminalSize(int rows, int columns) {
  /// What is assumed when the terminal does not say.
  public static final TerminalSize USUAL = new TerminalSize(24, 80);

  /// What `stty` may take, in seconds. It answers at once; this is for a machine that has no time.
  static final int PATIENCE = 10;

  private static final Pattern ANSWER = Pattern.compile("(\\d{1,4}) (\\d{1,4})\\s*");

  /// Asks the controlling terminal through `stty`, which every Debian has; the JDK has no way.
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
