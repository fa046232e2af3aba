package dev.testudo.cli.board;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/// One moment of a mesh.
public record MeshView(
    List<ServiceRow> services, List<EdgeRow> edges, List<RefusalRow> refusals, long refused) {
  public MeshView {
    services = List.copyOf(services);
    edges = List.copyOf(edges);
    refusals = List.copyOf(refusals);
  }

  /// A service.
  ///
  /// @param pid the program's process id as its agent sees it; empty until it runs
  /// @param attestation how the service proved itself, in words; empty until it did
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

  /// Where a service can be reached.
  ///
  /// @param at `address:port` or a socket path
  /// @param mode what the shield does with its connections
  public record PortRow(String rule, String at, String mode) {}

  /// Connections from one peer to another under one rule.
  ///
  /// @param open how many are open now
  /// @param total how many there were
  /// @param bytes sent and received by the closed ones
  public record EdgeRow(String from, String to, String rule, long open, long total, long bytes) {}

  /// Something a service tried, or somebody tried with it, and was not allowed to.
  ///
  /// @param rule the rule that decided, empty for the default mode
  public record RefusalRow(
      Instant time, String service, String operation, String target, String rule, String reason) {}
}
