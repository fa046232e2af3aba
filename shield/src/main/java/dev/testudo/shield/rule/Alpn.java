package dev.testudo.shield.rule;

import java.util.List;
import java.util.stream.Stream;

/// The ALPN protocol id that binds a connection to the port or path of its rule. It prevents that a
/// connection is redirected to another port for which the same certificate is valid (RFC 7301;
/// compare ALPACA, USENIX Security 2021).
///
/// Grammar: `testudo/1/tcp:` and the port in decimal without leading zeros, or `testudo/1/unix:`
/// and the path as configured, in UTF-8. A server that answers without this id, or a client that
/// offers no ALPN, is a foreign peer.
///
/// @param id the id of the rule's port or path
/// @param foreign ids of other protocols that the rule permits for foreign peers, preferred first
public record Alpn(String id, List<String> foreign) {
  private static final String OURS = "testudo/1/";

  /// Copies the list.
  public Alpn {
    foreign = List.copyOf(foreign);
  }

  /// Returns the ids for a TCP port.
  public static Alpn tcp(int port, List<String> foreign) {
    return new Alpn(OURS + "tcp:" + port, foreign);
  }

  /// Returns the ids for the path of a Unix socket.
  public static Alpn unix(String path, List<String> foreign) {
    return new Alpn(OURS + "unix:" + path, foreign);
  }

  /// Returns what a client offers: the shield's id, then the foreign ones.
  public Stream<String> offers() {
    return Stream.concat(Stream.of(id), foreign.stream());
  }

  /// Returns whether `protocol` is a shield's id, for any port or path.
  public static boolean isOurs(String protocol) {
    return protocol.startsWith(OURS);
  }
}
