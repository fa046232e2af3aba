package dev.testudo.image.registry;

import dev.testudo.image.registry.credential.CredentialStore;
import dev.testudo.image.registry.credential.StoredCredentials;
import dev.testudo.image.registry.http.HostCertificates;
import dev.testudo.image.registry.http.LinkLimits;
import dev.testudo.image.registry.http.LinkSettings;
import dev.testudo.image.registry.http.PlainHttp;
import dev.testudo.trust.http.Proxies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How a client of registries behaves.
///
/// @param credentials where credentials are found
/// @param link how servers are reached
/// @param retries what happens after failures that pass
/// @param chunk the most bytes that one request sends of a blob; larger blobs are sent in pieces
/// @param spool a directory for blobs whose digest is not known before their end
public record RegistrySettings(
    CredentialStore credentials, LinkSettings link, RetryPolicy retries, int chunk, Path spool) {
  /// The most bytes that one request sends of a blob, unless the registry wants more. Some proxies
  /// accept 100 MB.
  public static final int CHUNK = 64 << 20;

  /// Returns the settings of the user whose environment is given, as Docker and podman have them.
  ///
  /// @param environment the environment variables of the process
  /// @param insecure the registries, `HOST[:PORT]`, to which plain HTTP is permitted
  public static RegistrySettings of(Map<String, String> environment, Set<String> insecure) {
    return new RegistrySettings(
        StoredCredentials.of(environment),
        new LinkSettings(
            LinkLimits.STANDARD,
            new PlainHttp(insecure),
            certificates(environment),
            Proxies.of(environment)),
        RetryPolicy.STANDARD,
        CHUNK,
        Path.of(environment.getOrDefault("TMPDIR", "/var/tmp")));
  }

  private static HostCertificates certificates(Map<String, String> environment) {
    var directories = new ArrayList<Path>();
    var home = environment.get("HOME");
    if (home != null && !home.isEmpty()) {
      directories.add(Path.of(home, ".config/containers/certs.d"));
    }
    directories.add(Path.of("/etc/containers/certs.d"));
    directories.add(Path.of("/etc/docker/certs.d"));
    return new HostCertificates(
        directories,
        List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt")));
  }
}
