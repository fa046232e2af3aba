package dev.testudo.cli.terminal;

import dev.testudo.cli.board.MeshView;
import java.io.PrintStream;
import java.util.List;

/// Prints one line per event and overwrites nothing, for files, pipes and `--plain`.
public final class PlainDisplay implements Display {
  private final PrintStream out;
  private final Palette palette;
  private final Prefixes prefixes;

  public PlainDisplay(PrintStream out, Palette palette, List<String> services) {
    this.out = out;
    this.palette = palette;
    this.prefixes = new Prefixes(palette, services);
  }

  @Override
  public void output(String service, String line) {
    out.println(prefixes.of(service) + line);
  }

  @Override
  public void say(String line) {
    out.println(prefixes.ours() + line);
  }

  @Override
  public void alarm(String line) {
    out.println(prefixes.ours() + palette.alarm(line));
  }

  @Override
  public void show(MeshView view) {
    // Every change has already been shown as a line of its own.
  }

  @Override
  public void close() {
    out.flush();
  }
}
