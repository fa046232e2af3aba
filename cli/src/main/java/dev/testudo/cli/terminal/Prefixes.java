package dev.testudo.cli.terminal;

import dev.testudo.cli.text.Layout;
import java.util.List;

/// The `name | ` before each line: padded to a column on a terminal, unpadded for scripts.
final class Prefixes {
  private static final int WIDEST = 24;

  private final Palette palette;
  private final List<String> services;
  private final int width;

  Prefixes(Palette palette, List<String> services) {
    this.palette = palette;
    this.services = List.copyOf(services);
    var longest = services.stream().mapToInt(String::length).max().orElse(0);
    this.width =
        palette == Palette.PLAIN ? 0 : Math.min(WIDEST, Math.max(longest, "testudo".length()));
  }

  String of(String service) {
    var text = column(service);
    var index = services.indexOf(service);
    return (index < 0 ? palette.faint(text) : palette.service(index, text)) + " ";
  }

  String ours() {
    return palette.strong(column("testudo")) + " ";
  }

  private String column(String name) {
    return (width == 0 ? name : Layout.pad(name, width)) + " |";
  }
}
