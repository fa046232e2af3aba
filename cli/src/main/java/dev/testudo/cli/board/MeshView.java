package dev.testudo.cli.board;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/// A snapshot of a mesh.
public record MeshView(
    List<ServiceRow> services, List<EdgeRow> edges, List<RefusalRow> refusals, long refused) {
  public MeshView {
    services = List.copyOf(services);
    edges = List.copyOf(edges);
    refusals = List.copyOf(refusals);
  }

  /// A service.
  ///
  /// @param pid the process id of the program as its agent sees it; empty until it runs
  /// @param attestation the description of its evidence; empty until it is attested
  public record ServiceRow(
      String name,
      ServiceState state,
      String address,
      OptionalLong pid,
      String attestation,
      List<PortRow> listening) {
    public ServiceRow {
      listening = List.copyOf(listening);
    }
  }

  /// An address at which a service listens.
  ///
  /// @param at `address:port` or the path of a socket
  /// @param mode what the shield does with its connections
  public record PortRow(String rule, String at, String mode) {}

  /// The connections from one peer to another under one rule.
  ///
  /// @param open the number of open connections
  /// @param total the number of connections so far
  /// @param bytes the bytes sent and received by closed connections
  public record EdgeRow(String from, String to, String rule, long open, long total, long bytes) {}

  /// An operation of a service, or of a peer with it, that the shield refused.
  ///
  /// @param rule the rule that applied; empty for the default mode
  public record RefusalRow(
      Instant time, String service, String operation, String target, String rule, String reason) {}
}
