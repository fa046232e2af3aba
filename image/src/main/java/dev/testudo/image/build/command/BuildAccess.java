package dev.testudo.image.build.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// How commands reach registries from this machine. It is neither part of a recipe nor of the key
/// of the cache, and nothing of it is in the image unless a command writes it there.
///
/// @param environment variables such as `https_proxy` and `PIP_INDEX_URL`. They count less than
///     those of the image and of the recipe
/// @param certificates certificates of authorities in PEM, which commands trust instead of those of
///     the image; empty for those of the image
public record BuildAccess(Map<String, String> environment, Optional<Path> certificates) {
  /// Variables of proxies are spelt in lower case by most programs, in upper case by some.
  private static final Set<String> PROXIES =
      Set.of("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy");

  private static final Set<String> REGISTRIES =
      Set.of(
          "PIP_INDEX_URL",
          "PIP_EXTRA_INDEX_URL",
          "PIP_TRUSTED_HOST",
          "npm_config_registry",
          "NPM_CONFIG_REGISTRY",
          "GOPROXY");

  /// Where distributions have the certificates of public authorities.
  private static final List<Path> BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  /// Copies the map.
  public BuildAccess {
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  /// Returns access without anything of this machine.
  public static BuildAccess none() {
    return new BuildAccess(Map.of(), Optional.empty());
  }

  /// Returns the access that the user of this machine has: proxies and registries of the given
  /// environment, and the certificates of `SSL_CERT_FILE` or of this machine.
  ///
  /// @param environment the environment of the user; everything else in it is left out
  public static BuildAccess of(Map<String, String> environment) {
    var permitted = new TreeMap<>(environment);
    permitted
        .keySet()
        .removeIf(
            name -> !REGISTRIES.contains(name) && !PROXIES.contains(name.toLowerCase(Locale.ROOT)));
    var named = Optional.ofNullable(environment.get("SSL_CERT_FILE")).map(Path::of);
    var certificates =
        Stream.concat(named.stream(), BUNDLES.stream()).filter(Files::isRegularFile).findFirst();
    return new BuildAccess(permitted, certificates);
  }
}
