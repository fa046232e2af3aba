package dev.testudo.cli.process;

import dev.testudo.policy.source.Printable;
import java.util.function.Consumer;

/// Turns the bytes a program writes into lines that are safe to show.
///
/// A line ends at LF; a CR before it is dropped. A line longer than [#MAX_LINE] bytes is shown in
/// pieces, so a program that never ends its line cannot fill our memory. Control characters and
/// bytes that are not UTF-8 appear as `\xNN`: a program must not be able to move the cursor of the
/// person who watches, nor forge lines of its neighbours. Not for use by several threads at once.
public final class LineSplitter {
  /// Longest piece handed on, in bytes as the program wrote them.
  public static final int MAX_LINE = 8192;

  private final Consumer<String> lines;
  private final byte[] pending = new byte[MAX_LINE];
  private int length;
  private boolean continued;

  public LineSplitter(Consumer<String> lines) {
    this.lines = lines;
  }

  /// Takes the next `count` bytes.
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

  /// No more bytes follow: hands on what has no line end yet.
  public void end() {
    if (length > 0) {
      endLine();
    }
  }

  private void endLine() {
    // The rest of a broken line may be empty; it is not a line of its own then.
    if (length > 0 || !continued) {
      var end = length > 0 && pending[length - 1] == '\r' ? length - 1 : length;
      lines.accept(Printable.of(pending, end));
    }
    length = 0;
    continued = false;
  }

  /// Hands on a full buffer, but leaves an unfinished UTF-8 sequence at its end for the next piece.
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
