package dev.testudo.trust.http;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The proxies of the user, as the variables `https_proxy`, `http_proxy` and `no_proxy` say them in
/// lower or upper case. This machine is never reached through a proxy.
///
/// @param https the URL for HTTPS; empty for none
/// @param http the URL for plain HTTP; empty for none
/// @param without hosts that are reached directly
public record Proxies(String https, String http, List<String> without) {
  /// No proxy.
  public static final Proxies NONE = new Proxies("", "", List.of());

  private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*://.*");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*\\]");
  private static final int MAX_PORT = 65_535;

  public Proxies {
    without = List.copyOf(without);
  }

  /// Returns the proxies of an environment.
  public static Proxies of(Map<String, String> environment) {
    var without =
        Pattern.compile(",")
            .splitAsStream(value(environment, "no_proxy"))
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
            .filter(entry -> !entry.isEmpty())
            .toList();
    return new Proxies(
        value(environment, "https_proxy"), value(environment, "http_proxy"), without);
  }

  private static String value(Map<String, String> environment, String name) {
    var lower = environment.getOrDefault(name, "");
    return lower.isEmpty()
        ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
        : lower.strip();
  }

  /// Returns the proxy for requests to a server; empty if it is reached directly.
  ///
  /// @param tls whether the request is to `https`
  /// @param host a name or an address in lower case; an IPv6 address is in brackets
  /// @throws ProxyException if the variable says something else than a proxy that speaks HTTP
  public Optional<InetSocketAddress> proxy(boolean tls, String host, int port)
      throws ProxyException {
    var text = tls ? https : http;
    if (text.isEmpty() || LoopbackHost.is(host) || isDirect(host, port)) {
      return Optional.empty();
    }
    var name = tls ? "https_proxy" : "http_proxy";
    try {
      var url = new URI(SCHEME.matcher(text).matches() ? text : "http://" + text);
      if (url.getUserInfo() != null) {
        throw wrong(name, "names a user; credentials for proxies are not supported");
      }
      if (!"http".equalsIgnoreCase(url.getScheme())) {
        throw wrong(name, "is not `http://HOST:PORT`; other proxies are not supported");
      }
      if (url.getHost() == null || url.getPort() > MAX_PORT) {
        throw wrong(name, "is not `http://HOST:PORT`");
      }
      var proxyPort = url.getPort() < 0 ? 80 : url.getPort();
      return Optional.of(InetSocketAddress.createUnresolved(url.getHost(), proxyPort));
    } catch (URISyntaxException e) {
      throw wrong(name, "is not `http://HOST:PORT`");
    }
  }

  /// The value may contain a password, so no message quotes it.
  private static ProxyException wrong(String name, String what) {
    return new ProxyException(
        "the variable `%s` %s; change it, or add the host to `no_proxy`".formatted(name, what));
  }

  private boolean isDirect(String host, int port) {
    return without.stream().anyMatch(entry -> matches(entry, host, port));
  }

  /// `*` stands for every host, `example.org` for the domain with its subdomains, and
  /// `.example.org` for the subdomains. An address stands for itself. A port may follow.
  private static boolean matches(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    var named = entry.replaceFirst(":(\\d+)$", "");
    if (!named.equals(entry) && !entry.endsWith(":" + port)) {
      return false;
    }
    if (named.startsWith(".")) {
      return host.endsWith(named);
    }
    return host.equals(named) || (!ADDRESS.matcher(host).matches() && host.endsWith("." + named));
  }
}
