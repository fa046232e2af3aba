package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;

/// Where a service listens: a TCP port, or a Unix socket with a path. The text may contain
/// `{{name}}` variables.
public record DeclaredEndpoint(Text text, boolean isPath) {
  /// Returns the endpoint that a text names: a path begins with `/`.
  static DeclaredEndpoint of(Text text) {
    return new DeclaredEndpoint(text, text.value().startsWith("/"));
  }
}
