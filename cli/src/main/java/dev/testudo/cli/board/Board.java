package dev.testudo.cli.board;

import dev.testudo.cli.board.MeshView.EdgeRow;
import dev.testudo.cli.board.MeshView.PortRow;
import dev.testudo.cli.board.MeshView.RefusalRow;
import dev.testudo.cli.board.MeshView.ServiceRow;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Collects what agents report about their services. Keeps a bounded amount of data, however long
/// the mesh runs. Not thread-safe.
public final class Board {
  static final int MAX_REFUSALS = 100;

  private final Map<String, ServiceRow> services = new LinkedHashMap<>();
  private final Deque<RefusalRow> refusals = new ArrayDeque<>();
  private final Edges edges;
  private long refused;

  /// Creates a board for services that have not been started, with their addresses by name.
  public Board(Map<String, String> addresses) {
    addresses.forEach(
        (name, address) ->
            services.put(
                name,
                new ServiceRow(
                    name, ServiceState.WAITING, address, OptionalLong.empty(), "", List.of())));
    this.edges = new Edges(addresses);
  }

  /// Records that a service's agent runs as process `pid` of this machine.
  public void started(String service, long pid) {
    var row = row(service);
    put(row(row, ServiceState.STARTING, OptionalLong.of(pid), row.attestation(), List.of()));
  }

  /// Records a service's new state. A service that has ended has no listeners and
  /// connections any more.
  public void state(String service, ServiceState state) {
    var row = row(service);
    var over =
        switch (state) {
          case FINISHED, REFUSED, FAILED -> true;
          case WAITING, STARTING, ATTESTED, RUNNING, READY -> false;
        };
    if (over) {
      edges.forget(service);
    }
    put(row(row, state, row.pid(), row.attestation(), over ? List.of() : row.listening()));
  }

  /// Records a report of a service's agent. Returns the connection if it is the first of its kind.
  public Optional<EdgeRow> report(String service, AgentEvents.Line line) {
    var row = row(service);
    switch (line.event()) {
      case AgentEvent.Attested(var kind, _) ->
          put(row(row, ServiceState.ATTESTED, row.pid(), attestation(kind), row.listening()));
      case AgentEvent.Started _ ->
          put(row(row, ServiceState.RUNNING, row.pid(), row.attestation(), row.listening()));
      case AgentEvent.Listening(var rule, var address, var mode) ->
          listening(row, new PortRow(rule, address, mode));
      case AgentEvent.Opened opened -> {
        return edges.opened(service, opened);
      }
      case AgentEvent.Closed closed -> edges.closed(service, closed);
      case AgentEvent.Refused(var operation, var target, var rule, var reason) ->
          refused(new RefusalRow(line.at(), service, operation, target, rule, reason));
      case AgentEvent.Exited _, AgentEvent.Failed _ -> {
        // The end of the process itself reports the same, and more reliably.
      }
      case AgentEvent.Renewed _, AgentEvent.NotRenewed _ -> {
        // The state of the service stays the same.
      }
    }
    return Optional.empty();
  }

  /// Returns a description of the evidence. Software evidence is marked, because it proves nothing
  /// about the owner of the machine.
  static String attestation(String kind) {
    return kind.equals("software") ? "software (not hardware attested)" : kind;
  }

  private void listening(ServiceRow row, PortRow port) {
    var ports = new java.util.ArrayList<>(row.listening());
    if (!ports.contains(port) && ports.size() < MAX_REFUSALS) {
      ports.add(port);
    }
    put(row(row, row.state(), row.pid(), row.attestation(), ports));
  }

  private void refused(RefusalRow refusal) {
    refused++;
    refusals.addLast(refusal);
    if (refusals.size() > MAX_REFUSALS) {
      refusals.removeFirst();
    }
  }

  private static ServiceRow row(
      ServiceRow row,
      ServiceState state,
      OptionalLong pid,
      String attestation,
      List<PortRow> listening) {
    return new ServiceRow(row.name(), state, row.address(), pid, attestation, listening);
  }

  private void put(ServiceRow row) {
    services.put(row.name(), row);
  }

  /// Returns the row of a service.
  public ServiceRow row(String service) {
    var row = services.get(service);
    if (row == null) {
      throw new IllegalArgumentException("no service " + service);
    }
    return row;
  }

  /// Returns a snapshot of everything.
  public MeshView view() {
    return new MeshView(
        List.copyOf(services.values()), edges.rows(), List.copyOf(refusals), refused);
  }
}
