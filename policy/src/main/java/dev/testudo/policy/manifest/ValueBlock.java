package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;

/// Values for a part of a mesh. If several blocks have the same scope, a later value
/// beats an earlier one.
public record ValueBlock(Scope scope, List<Value> values) {
  public ValueBlock {
    values = List.copyOf(values);
  }

  /// The part of the mesh that values are for. A narrower scope wins: service
  /// over helm over global.
  public sealed interface Scope {
    /// All services.
    record Global() implements Scope {}

    /// The Helm chart and all services.
    record Helm() implements Scope {}

    /// The service with the given name.
    record Service(Text name) implements Scope {}
  }

  /// A value. It may contain `{{name}}` variables itself.
  public record Value(Text name, Text value) {}
}
