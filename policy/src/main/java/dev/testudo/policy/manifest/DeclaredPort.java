package dev.testudo.policy.manifest;

import java.util.Optional;

/// An entry of `public`: a port or path of a service that anybody may connect to.
///
/// @param tls the TLS of the shield; if empty, the bytes pass as the program sends them
public record DeclaredPort(DeclaredEndpoint endpoint, Optional<DeclaredTls> tls) {}
