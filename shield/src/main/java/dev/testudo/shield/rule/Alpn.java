package dev.testudo.shield.rule;

import java.util.List;
import java.util.stream.Stream;

/// The ALPN protocol id that binds a connection to the port or path of its rule, so that a
/// certificate valid for two ports cannot be misdirected (RFC 7301; compare ALPACA, USENIX
/// Security 2021).
///
/// Grammar: `testudo/1/tcp:` port in decimal without leading zeros, or `testudo/1/unix:` path as
/// configured, in UTF-8. A server without our id in its answer, or a client that offers no ALPN
/// at all, is a foreign peer.
///
/// @param id our id
/// @param foreign ids of other protocols that the rule permits with foreign peers, preferred first
public record Alpn(String id, List<String> foreign) {
  private static final String OURS = "testudo/1/";

  /// Copies the list.
  public Alpn {
    foreign = List.copyOf(foreign);
  }

  /// The terms for a TCP port.
  public static Alpn tcp(int port, List<String> foreign) {
    return new Alpn(OURS + "tcp:" + port, foreign);
  }

  /// The terms for the path of a Unix socket.
  public static Alpn unix(String path, List<String> foreign) {
    return new Alpn(OURS + "unix:" + path, foreign);
  }

  /// What a client offers: our id, then the foreign ones.
  public Stream<String> offers() {
    return Stream.concat(Stream.of(id), foreign.stream());
  }

  /// Whether `protocol` is an id of a shield, for whatever port.
  public static boolean isOurs(String protocol) {
    return protocol.startsWith(OURS);
  }
}
