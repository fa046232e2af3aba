package dev.testudo.cli.terminal;

import static java.lang.Math.max;

import dev.testudo.cli.board.MeshView;
import dev.testudo.cli.board.MeshView.EdgeRow;
import dev.testudo.cli.board.MeshView.PortRow;
import dev.testudo.cli.board.MeshView.ServiceRow;
import dev.testudo.cli.text.Layout;
import dev.testudo.policy.source.Printable;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/// Draws a mesh as lines of text: services, connections, latest refusals. Colours never change the
/// text, and no line exceeds the given width, so the terminal does not wrap it.
final class MeshTable {
  private static final int REFUSALS = 3;

  private final Palette palette;
  private final ZoneId zone;
  private final int width;

  MeshTable(Palette palette, ZoneId zone, int width) {
    this.palette = palette;
    this.zone = zone;
    this.width = max(20, width);
  }

  /// Returns at most `height` lines. Services come first; what does not fit is cut.
  List<String> draw(MeshView view, int height) {
    var lines = new ArrayList<String>();
    lines.add(palette.faint("─".repeat(width)));
    services(view, lines);
    edges(view, lines);
    refusals(view, lines);
    if (lines.size() <= height) {
      return lines;
    }
    var shown = new ArrayList<>(lines.subList(0, max(0, height - 1)));
    var hidden = "… %d more lines".formatted(lines.size() - shown.size());
    shown.add(palette.faint(Layout.cut(hidden, width)));
    return shown;
  }

  private void services(MeshView view, List<String> lines) {
    var names = column("service", view.services(), row -> row.name().length());
    var addresses = column("address", view.services(), row -> row.address().length());
    var header =
        "%s %-9s %s %7s  %s"
            .formatted(
                Layout.pad("service", names), "state", Layout.pad("address", addresses), "pid", "");
    lines.add(palette.strong(Layout.cut(header.stripTrailing(), width)));
    for (var i = 0; i < view.services().size(); i++) {
      var row = view.services().get(i);
      var pid = row.pid().isPresent() ? String.valueOf(row.pid().getAsLong()) : "-";
      var rest =
          " %s %7s  %s"
              .formatted(Layout.pad(row.address(), addresses), pid, about(row))
              .stripTrailing();
      var name = Layout.pad(row.name(), Math.min(names, width));
      var state =
          Layout.cut(" " + Layout.pad(row.state().word(), 9), max(0, width - name.length()));
      var room = max(0, width - name.length() - state.length());
      lines.add(palette.service(i, name) + state(row, state) + Layout.cut(rest, room));
    }
  }

  private static String about(ServiceRow row) {
    var ports =
        Printable.of(String.join(", ", row.listening().stream().map(MeshTable::port).toList()));
    return ports.isEmpty() ? row.attestation() : row.attestation() + "; " + ports;
  }

  private static String port(PortRow port) {
    return port.at().substring(port.at().lastIndexOf(':') + 1) + " " + port.mode();
  }

  private String state(ServiceRow row, String text) {
    return switch (row.state()) {
      case READY, FINISHED -> palette.good(text);
      case REFUSED, FAILED -> palette.alarm(text);
      case WAITING, STARTING, ATTESTED, RUNNING -> text;
    };
  }

  private void edges(MeshView view, List<String> lines) {
    if (view.edges().isEmpty()) {
      return;
    }
    var from = column("", view.edges(), row -> row.from().length());
    var to = column("", view.edges(), row -> row.to().length());
    lines.add(palette.strong("connections"));
    for (var row : view.edges()) {
      lines.add(Layout.cut(Printable.of(edge(row, from, to)), width));
    }
  }

  private static String edge(EdgeRow row, int from, int to) {
    return "%s → %s  %d open, %d in all, %s  %s"
        .formatted(
            Layout.pad(row.from(), from),
            Layout.pad(row.to(), to),
            row.open(),
            row.total(),
            Layout.size(row.bytes()),
            row.rule().isEmpty() ? "default mode" : "rule " + row.rule());
  }

  private void refusals(MeshView view, List<String> lines) {
    if (view.refusals().isEmpty()) {
      return;
    }
    var header = "last refusals (%d in all)".formatted(view.refused());
    lines.add(palette.strong(Layout.cut(header, width)));
    var all = view.refusals();
    for (var row : all.subList(max(0, all.size() - REFUSALS), all.size())) {
      lines.add(palette.alarm(Layout.cut(Wording.refusal(row, zone), width)));
    }
  }

  private static <T> int column(String header, List<T> rows, ToIntFunction<T> length) {
    return Math.min(40, max(header.length(), rows.stream().mapToInt(length).max().orElse(0)));
  }
}
