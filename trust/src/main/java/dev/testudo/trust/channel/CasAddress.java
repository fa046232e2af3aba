package dev.testudo.trust.channel;

import java.util.Optional;

/// The address of a CAS. It is only a hint: clients recognise CAS by its key.
///
/// @param host name or address; IPv6 without brackets
/// @param port 1 to 65535
public record CasAddress(String host, int port) {
  /// The default port.
  public static final int DEFAULT_PORT = 8081;

  /// Checks both parts.
  public CasAddress {
    if (host.isEmpty() || host.length() > 255 || !host.chars().allMatch(CasAddress::mayBeInHost)) {
      throw new IllegalArgumentException("not a host name");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("not a port");
    }
  }

  /// Parses `host`, `host:port`, `[v6]` or `[v6]:port`; returns empty if `text` is something else.
  public static Optional<CasAddress> parse(String text) {
    var bracketed = text.startsWith("[") ? text.indexOf(']') : 0;
    if (bracketed < 0) {
      return Optional.empty();
    }
    var host = bracketed > 0 ? text.substring(1, bracketed) : text.split(":", 2)[0];
    var rest = text.substring(bracketed > 0 ? bracketed + 1 : host.length());
    if (rest.isEmpty()) {
      return of(host, DEFAULT_PORT);
    }
    return rest.matches(":[0-9]{1,5}")
        ? of(host, Integer.parseInt(rest.substring(1)))
        : Optional.empty();
  }

  private static Optional<CasAddress> of(String host, int port) {
    try {
      return Optional.of(new CasAddress(host, port));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean mayBeInHost(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '_'
        || c == ':';
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[%s]:%d".formatted(host, port) : "%s:%d".formatted(host, port);
  }
}
