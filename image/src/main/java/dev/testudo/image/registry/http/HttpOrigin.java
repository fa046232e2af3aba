package dev.testudo.image.registry.http;

import dev.testudo.trust.http.LoopbackHost;
import java.net.URI;
import java.util.Locale;

/// The server that a URL belongs to: scheme, host and port (RFC 6454).
///
/// @param tls true for `https`
/// @param host the host in lower case; an IPv6 address is in brackets
/// @param port the port, which the URL may have left out
public record HttpOrigin(boolean tls, String host, int port) {
  /// Returns the origin of an absolute URL.
  ///
  /// @throws LinkException if the URL is not `http` or `https`, has no host, or contains a user
  public static HttpOrigin of(URI url) throws LinkException {
    var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    var tls = scheme.equals("https");
    if (url.getHost() == null || url.getUserInfo() != null || !(tls || scheme.equals("http"))) {
      throw new LinkException(LinkFault.ADDRESS, "a URL is not `https://HOST[:PORT]/…`");
    }
    var port = url.getPort() == -1 ? (tls ? 443 : 80) : url.getPort();
    return new HttpOrigin(tls, url.getHost().toLowerCase(Locale.ROOT), port);
  }

  /// Returns true if the host is an address of this machine: `localhost`, 127.0.0.0/8 or `::1`.
  public boolean isLoopback() {
    return LoopbackHost.is(host);
  }

  /// Returns `HOST:PORT`, or only `HOST` if the port is the one of the scheme.
  public String authority() {
    return port == (tls ? 443 : 80) ? host : host + ":" + port;
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority();
  }
}
