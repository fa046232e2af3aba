package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.Optional;

/// An entry of `connects`: something that a service connects to.
public sealed interface DeclaredEdge {
  /// Returns where it is written.
  Span span();

  /// Returns the port or the path.
  DeclaredEndpoint endpoint();

  /// Another service of the mesh.
  ///
  /// @param host the name by which the program reaches it; its name in the mesh if empty
  record ToService(Text service, DeclaredEndpoint endpoint, Optional<Text> host)
      implements DeclaredEdge {
    @Override
    public Span span() {
      return service.span();
    }
  }

  /// A host outside the mesh.
  ///
  /// @param tls the TLS of the shield; if empty, the bytes of the program pass as they are
  record ToHost(Text host, DeclaredEndpoint endpoint, Optional<DeclaredTls> tls)
      implements DeclaredEdge {
    @Override
    public Span span() {
      return host.span();
    }
  }
}
