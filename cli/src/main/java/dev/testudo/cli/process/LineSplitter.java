package dev.testudo.cli.process;

import dev.testudo.policy.source.Printable;
import java.util.function.Consumer;

/// Splits the bytes that a program writes into lines that are safe to show.
///
/// A line ends at LF; a CR before it is dropped. A line longer than [#MAX_LINE] bytes is delivered
/// in pieces, so a program that never ends its line cannot fill our memory. Control characters and
/// bytes that are not UTF-8 appear as `\xNN`: a program must not be able to move the cursor of the
/// terminal or forge lines of other services. Not thread-safe.
public final class LineSplitter {
  /// The longest piece, in bytes as the program wrote them.
  public static final int MAX_LINE = 8192;

  private final Consumer<String> lines;
  private final byte[] pending = new byte[MAX_LINE];
  private int length;
  private boolean continued;

  public LineSplitter(Consumer<String> lines) {
    this.lines = lines;
  }

  /// Adds the first `count` bytes of `bytes`.
  public void write(byte[] bytes, int count) {
    for (var i = 0; i < count; i++) {
      if (bytes[i] == '\n') {
        endLine();
      } else {
        if (length == MAX_LINE) {
          breakLine();
        }
        pending[length++] = bytes[i];
      }
    }
  }

  /// Delivers the rest, which has no line end. No more bytes follow.
  public void end() {
    if (length > 0) {
      endLine();
    }
  }

  private void endLine() {
    // If nothing follows the last piece of a long line, there is no further line.
    if (length > 0 || !continued) {
      var end = length > 0 && pending[length - 1] == '\r' ? length - 1 : length;
      lines.accept(Printable.of(pending, end));
    }
    length = 0;
    continued = false;
  }

  /// Delivers a full buffer. An incomplete UTF-8 sequence at its end stays for the next piece.
  private void breakLine() {
    var cut = length;
    while (cut > length - 4 && (pending[cut - 1] & 0xC0) == 0x80) {
      cut--;
    }
    if (cut > length - 4 && (pending[cut - 1] & 0xC0) == 0xC0) {
      cut--;
    } else {
      cut = length;
    }
    lines.accept(Printable.of(pending, cut));
    System.arraycopy(pending, cut, pending, 0, length - cut);
    length -= cut;
    continued = true;
  }
}
