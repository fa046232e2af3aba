package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;

/// Values for a part of a mesh. Of several blocks with the same scope the later wins.
public record ValueBlock(Scope scope, List<Value> values) {
  public ValueBlock {
    values = List.copyOf(values);
  }

  /// Whom the values are for. A narrower scope wins: service over helm over global.
  public sealed interface Scope {
    /// All services.
    record Global() implements Scope {}

    /// The chart, and with it all services.
    record Helm() implements Scope {}

    /// The service of that name.
    record Service(Text name) implements Scope {}
  }

  /// A value. It may hold `{{name}}` variables itself.
  public record Value(Text name, Text value) {}
}
