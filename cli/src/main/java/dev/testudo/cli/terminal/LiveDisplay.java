package dev.testudo.cli.terminal;

import dev.testudo.cli.board.MeshView;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A live table of the mesh below scrolling output.
///
/// The table occupies the last lines of the screen, and output is written where the table was
/// before. So output enters the terminal's scroll-back as usual, which a scrolling region below a
/// table on top would prevent. The screen is redrawn at most ten times a second. Lines wait for the
/// next redraw; at [#MAX_WAITING] lines it happens at once.
public final class LiveDisplay implements Display {
  static final int MAX_WAITING = 500;
  private static final long FRAME_MILLIS = 100;
  private static final long RESIZE_MILLIS = 2000;

  private final PrintStream out;
  private final Palette palette;
  private final Prefixes prefixes;
  private final ZoneId zone;
  private final Supplier<TerminalSize> terminal;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<String> waiting = new ArrayList<>();
  private final ScheduledExecutorService frames =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("terminal").factory());
  private TerminalSize size = TerminalSize.USUAL;
  private @Nullable MeshView view; // absent until there is something to draw
  private int drawn;
  private boolean stale;
  private boolean closed;

  public LiveDisplay(
      PrintStream out,
      Palette palette,
      List<String> services,
      ZoneId zone,
      Supplier<TerminalSize> terminal) {
    this.out = out;
    this.palette = palette;
    this.prefixes = new Prefixes(palette, services);
    this.zone = zone;
    this.terminal = terminal;
  }

  /// Starts to redraw periodically.
  public void start() {
    var _ = frames.scheduleAtFixedRate(this::frame, 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);
    var _ = frames.scheduleWithFixedDelay(this::measure, 0, RESIZE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void output(String service, String line) {
    enqueue(prefixes.of(service) + line);
  }

  @Override
  public void say(String line) {
    enqueue(prefixes.ours() + line);
  }

  @Override
  public void alarm(String line) {
    enqueue(prefixes.ours() + palette.alarm(line));
  }

  @Override
  public void show(MeshView now) {
    lock.lock();
    try {
      view = now;
      stale = true;
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(String line) {
    lock.lock();
    try {
      if (closed) {
        out.println(line);
        return;
      }
      waiting.add(line);
      if (waiting.size() >= MAX_WAITING) {
        frame();
      }
    } finally {
      lock.unlock();
    }
  }

  private void measure() {
    var now = terminal.get();
    lock.lock();
    try {
      stale |= !now.equals(size);
      size = now;
    } finally {
      lock.unlock();
    }
  }

  /// Redraws if something has changed since the last time.
  void frame() {
    lock.lock();
    try {
      if (!closed && (stale || !waiting.isEmpty())) {
        redraw(view == null ? List.of() : table(view));
        stale = false;
      }
    } finally {
      lock.unlock();
    }
  }

  private List<String> table(MeshView now) {
    // Half of the screen is left for output, and the line of the cursor is never used.
    var height = Math.max(3, size.rows() / 2);
    return new MeshTable(palette, zone, size.columns() - 1).draw(now, height);
  }

  /// Replaces the old table by the waiting lines and the new table, in a single
  /// write to avoid flicker.
  private void redraw(List<String> table) {
    var text = new StringBuilder();
    if (drawn > 0) {
      text.append("\u001b[").append(drawn).append('A');
    }
    text.append("\r\u001b[J");
    waiting.forEach(line -> text.append(line).append('\n'));
    table.forEach(line -> text.append(line).append('\n'));
    waiting.clear();
    drawn = table.size();
    out.print(text);
    out.flush();
  }

  @Override
  public void close() {
    frames.shutdownNow();
    lock.lock();
    try {
      if (!closed) {
        // The last table stays on the screen as a summary.
        redraw(view == null ? List.of() : table(view));
        closed = true;
      }
    } finally {
      lock.unlock();
    }
  }
}
