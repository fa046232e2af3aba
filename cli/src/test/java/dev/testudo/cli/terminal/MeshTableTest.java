package dev.testudo.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.board.MeshView;
import dev.testudo.cli.board.MeshView.EdgeRow;
import dev.testudo.cli.board.MeshView.PortRow;
import dev.testudo.cli.board.MeshView.RefusalRow;
import dev.testudo.cli.board.MeshView.ServiceRow;
import dev.testudo.cli.board.ServiceState;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MeshTableTest {
  static final MeshView PATIENTS =
      new MeshView(
          List.of(
              new ServiceRow(
                  "redis",
                  ServiceState.READY,
                  "127.70.9.2",
                  OptionalLong.of(4211),
                  "software (not hardware attested)",
                  List.of(new PortRow("REDIS", "127.70.9.2:6379", "protected"))),
              new ServiceRow(
                  "flask",
                  ServiceState.STARTING,
                  "127.70.9.3",
                  OptionalLong.empty(),
                  "",
                  List.of())),
          List.of(new EdgeRow("flask", "redis", "REDIS", 2, 14, 12_345)),
          List.of(
              new RefusalRow(
                  Instant.parse("2026-01-02T03:04:05Z"),
                  "flask",
                  "connect",
                  "93.184.216.34:80",
                  "",
                  "no client rule permits it"),
              new RefusalRow(
                  Instant.parse("2026-01-02T03:04:06Z"),
                  "redis",
                  "accept",
                  "127.0.0.1:5050",
                  "REDIS",
                  "the peer does not speak TLS\u001b[2J")),
          7);

  private static String draw(Palette palette, int width, int height) {
    return String.join("\n", new MeshTable(palette, ZoneOffset.UTC, width).draw(PATIENTS, height));
  }

  @Test
  void showsServicesConnectionsAndLastRefusals() {
    assertEquals(
        """
        ──────────────────────────────────────────────────────────────────────────────────────────
        service state     address        pid
        redis   ready     127.70.9.2    4211  software (not hardware attested); 6379 protected
        flask   starting  127.70.9.3       -
        connections
        flask → redis  2 open, 14 in all, 12.3 kB  rule REDIS
        last refusals (7 in all)
        03:04:05 flask refused connect 93.184.216.34:80 (default mode): no client rule permits it
        03:04:06 redis refused accept 127.0.0.1:5050 (rule REDIS): the peer does not speak TLS\\x1…\
        """,
        draw(Palette.PLAIN, 90, 40));
  }

  @Test
  void noLineIsWiderThanTheTerminal() {
    for (var width = 20; width < 120; width++) {
      for (var line : draw(Palette.PLAIN, width, 40).split("\n", -1)) {
        assertTrue(line.length() <= width, width + ": " + line);
      }
    }
  }

  @Test
  void aSmallTerminalLosesTheEndAndSaysHowMuch() {
    assertEquals(
        """
        ────────────────────────────────────────
        service state     address        pid
        redis   ready     127.70.9.2    4211  s…
        … 6 more lines\
        """,
        draw(Palette.PLAIN, 40, 4));
  }

  @Test
  void coloursChangeNothingButColour() {
    var plain = draw(Palette.PLAIN, 90, 40);
    var colour = draw(Palette.COLOUR, 90, 40);
    assertTrue(colour.contains("\u001b[32m ready"));
    assertEquals(plain, colour.replaceAll("\u001b\\[[0-9;]*m", ""));
  }
}
