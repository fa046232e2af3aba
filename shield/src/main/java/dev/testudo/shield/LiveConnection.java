package dev.testudo.shield;

import dev.testudo.linux.sys.SocketAddress;
import java.time.Instant;
import java.util.Optional;

/// A protected connection as it is at one moment. Its `id`, `rule`, `peer` and `peerName` are those
/// of its [ShieldEvent.Opened] event.
///
/// @param bytesIn what came from the peer so far, counted as the program sees it
/// @param bytesOut what went to the peer so far
/// @param since when it was handed to the program
@SuppressWarnings("exports") // the agent, our only client, sees linux.sys too
public record LiveConnection(
    long id,
    boolean inbound,
    String rule,
    SocketAddress peer,
    Optional<String> peerName,
    long bytesIn,
    long bytesOut,
    Instant since,
    TlsSession tls) {}
