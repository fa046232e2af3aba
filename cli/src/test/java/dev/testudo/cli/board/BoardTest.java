package dev.testudo.cli.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.board.MeshView.EdgeRow;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BoardTest {
  private Board board;

  @BeforeEach
  void twoServices() {
    var addresses = new LinkedHashMap<String, String>();
    addresses.put("redis", "127.70.9.2");
    addresses.put("api", "127.70.9.3");
    board = new Board(addresses);
  }

  private Optional<EdgeRow> report(String service, AgentEvent event) {
    return board.report(service, new AgentEvents.Line(Instant.EPOCH, "ns/" + service, event));
  }

  private static AgentEvent.Opened out(long id, String peer) {
    return new AgentEvent.Opened(
        new SecuredConnection(id, Direction.OUTBOUND, "CLIENT_1", peer, Optional.of("redis")));
  }

  private static AgentEvent.Opened in(long id, String peer, String name) {
    return new AgentEvent.Opened(
        new SecuredConnection(
            id,
            Direction.INBOUND,
            "SERVER_1",
            peer,
            name.isEmpty() ? Optional.empty() : Optional.of(name)));
  }

  private static AgentEvent.Closed closed(long id, Direction direction) {
    return new AgentEvent.Closed(
        new SecuredConnection(id, direction, "r", "peer", Optional.empty()),
        new Traffic(100, 20),
        5,
        "both sides finished");
  }

  @Test
  void aServiceIsFollowedFromItsStartToItsEnd() {
    assertEquals(ServiceState.WAITING, board.row("api").state());
    board.started("api", 42);
    report("api", new AgentEvent.Attested("software", new Measurement("0".repeat(64))));
    assertEquals(ServiceState.ATTESTED, board.row("api").state());
    assertEquals("software (not hardware attested)", board.row("api").attestation());
    report("api", new AgentEvent.Started(2, "/usr/bin/python3.11"));
    report("api", new AgentEvent.Listening("SERVER_1", "127.70.9.3:4996", "protected"));
    assertEquals(ServiceState.RUNNING, board.row("api").state());
    assertEquals(42, board.row("api").pid().orElseThrow());
    assertEquals("127.70.9.3:4996", board.row("api").listening().getFirst().at());
    board.state("api", ServiceState.FINISHED);
    assertEquals(List.of(), board.row("api").listening());
  }

  @Test
  void aConnectionInsideTheMeshIsShownOnceAsItsClientSeesIt() {
    report("redis", in(1, "127.70.9.3:50000", "api"));
    report("api", out(1, "127.70.9.2:6379"));
    report("api", out(2, "127.70.9.2:6379"));
    report("api", closed(1, Direction.OUTBOUND));
    assertEquals(List.of(new EdgeRow("api", "redis", "CLIENT_1", 1, 2, 120)), board.view().edges());
  }

  @Test
  void onlyTheFirstConnectionOfAnEdgeIsNews() {
    assertTrue(report("api", out(1, "127.70.9.2:6379")).isPresent());
    assertTrue(report("api", out(2, "127.70.9.2:6379")).isEmpty());
    assertTrue(report("redis", in(1, "127.70.9.3:50000", "api")).isEmpty());
  }

  @Test
  void peersOutsideTheMeshHaveTheirCertificatesNameOrTheirAddress() {
    report("api", in(1, "10.0.0.7:50000", ""));
    report("api", in(2, "10.0.0.7:50001", ""));
    report("api", in(3, "10.0.0.8:50001", "auditor"));
    report(
        "api",
        new AgentEvent.Opened(
            new SecuredConnection(
                4, Direction.OUTBOUND, "CLIENT_2", "10.0.0.9:443", Optional.empty())));
    assertEquals(
        List.of("10.0.0.7 api", "auditor api", "api 10.0.0.9:443"),
        board.view().edges().stream().map(row -> row.from() + " " + row.to()).toList());
    assertEquals(2, board.view().edges().getFirst().total());
  }

  @Test
  void theConnectionsOfAServiceThatEndedAreOverToo() {
    report("api", out(1, "127.70.9.2:6379"));
    board.state("api", ServiceState.FAILED);
    assertEquals(0, board.view().edges().getFirst().open());
    report("api", closed(1, Direction.OUTBOUND));
    assertEquals(0, board.view().edges().getFirst().open());
  }

  @Test
  void memoryIsBoundedHoweverManyPeersAndRefusalsThereAre() {
    for (var i = 0; i < 2 * Edges.MAX_EDGES; i++) {
      report("api", in(i, "10.0.%d.%d:1".formatted(i / 256, i % 256), ""));
      report("api", new AgentEvent.Refused("connect", "10.0.0.1:" + i, "", "no rule"));
    }
    var view = board.view();
    assertEquals(Edges.MAX_EDGES + 1, view.edges().size());
    assertEquals(Edges.MAX_EDGES, view.edges().getLast().total());
    assertEquals(Board.MAX_REFUSALS, view.refusals().size());
    assertEquals(2 * Edges.MAX_EDGES, view.refused());
    assertEquals("10.0.0.1:" + (2 * Edges.MAX_EDGES - 1), view.refusals().getLast().target());
  }
}
