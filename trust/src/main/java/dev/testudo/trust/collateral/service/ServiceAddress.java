package dev.testudo.trust.collateral.service;

import dev.testudo.trust.http.LoopbackHost;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the addresses of services as people write them.
public final class ServiceAddress {
  /// What the configuration of Intel's own client ends with.
  private static final Pattern PCS_PATH = Pattern.compile("/(sgx|tdx)/certification/v4/?");

  private ServiceAddress() {}

  /// Reads `https://HOST[:PORT]`, or `http://` for this machine. The path that Intel's own client
  /// wants behind the address of a cache may follow.
  public static Optional<URI> parse(String text) {
    try {
      var url = new URI(text);
      var path = url.getRawPath() == null ? "" : url.getRawPath();
      var rest = PCS_PATH.matcher(path).replaceFirst("");
      if (url.getHost() == null
          || url.getRawUserInfo() != null
          || url.getRawQuery() != null
          || url.getRawFragment() != null
          || !(rest.isEmpty() || rest.equals("/"))
          || !isPermitted(url)) {
        return Optional.empty();
      }
      return Optional.of(
          new URI(url.getScheme(), null, url.getHost(), url.getPort(), null, null, null));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isPermitted(URI url) {
    return "https".equals(url.getScheme())
        || ("http".equals(url.getScheme()) && LoopbackHost.is(url.getHost()));
  }
}
