package dev.testudo.cli.shield;

import dev.testudo.cli.terminal.Palette;
import dev.testudo.cli.terminal.TerminalSize;
import dev.testudo.cli.text.Layout;
import dev.testudo.trust.status.ShieldStatus;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Shows running shields on the alternate screen of a terminal. Closing it restores
/// the previous content.
public final class ShieldScreen implements AutoCloseable {
  private static final String ENTER = "\u001b[?1049h\u001b[?25l";
  private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_REST_OF_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintStream out;
  private final Palette palette;
  private boolean closed;

  public ShieldScreen(PrintStream out, Palette palette) {
    this.out = out;
    this.palette = palette;
    out.print(ENTER);
    out.flush();
  }

  /// Draws everything in a single write to avoid flicker. Lines that do not fit
  /// are cut and counted.
  public synchronized void draw(List<ShieldStatus> shields, Instant now, TerminalSize size) {
    if (closed) {
      return;
    }
    var text = new StringBuilder(HOME);
    var lines = lines(shields, now, size, palette);
    text.append(String.join(CLEAR_REST_OF_LINE + "\n", lines));
    out.print(text.append(CLEAR_REST_OF_LINE).append(CLEAR_BELOW));
    out.flush();
  }

  static List<String> lines(
      List<ShieldStatus> shields, Instant now, TerminalSize size, Palette palette) {
    var all = new ShieldTable(palette, now, size.columns()).lines(shields);
    var fitting = size.rows() - 1;
    var shown = new ArrayList<>(all.subList(0, Math.min(all.size(), fitting)));
    var hidden = all.size() - shown.size();
    var more =
        hidden == 0 ? "" : "; %d more lines in `testudo shield top --once`".formatted(hidden);
    shown.add(palette.faint(Layout.cut("q quits" + more, size.columns())));
    return shown;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      out.print(LEAVE);
      out.flush();
    }
  }
}
