package dev.testudo.cli.curated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A service that comes with Testudo. Its manifest is a resource of the same name.
public enum CuratedService {
  /// MariaDB.
  MARIADB("mariadb"),
  /// Memcached.
  MEMCACHED("memcached"),
  /// nginx in front of another service.
  NGINX("nginx"),
  /// PostgreSQL.
  POSTGRESQL("postgresql|postgres"),
  /// Redis.
  REDIS("redis");

  private final String names;

  CuratedService(String names) {
    this.names = names;
  }

  /// Returns the service with a name, if there is one.
  public static Optional<CuratedService> named(String name) {
    return Arrays.stream(values()).filter(one -> one.names().contains(name)).findFirst();
  }

  /// Returns the names of all services, in alphabetical order.
  public static List<String> allNames() {
    return Arrays.stream(values()).map(CuratedService::toString).toList();
  }

  private List<String> names() {
    return List.of(names.split("\\|"));
  }

  /// Returns the values of its Helm chart that differ from those of other services.
  public Map<String, Object> chartValues() {
    return switch (this) {
      case MARIADB, POSTGRESQL -> dataInMemory();
      case MEMCACHED, NGINX, REDIS -> Map.of();
    };
  }

  /// Returns the values of a database whose data is below `/tmp`.
  private static Map<String, Object> dataInMemory() {
    Map<String, Object> values = new TreeMap<>();
    values.put("tmp", Map.of("sizeLimit", "1Gi"));
    values.put("resources", Map.of("limits", Map.of("memory", "2Gi")));
    return values;
  }

  /// Returns the manifest as it is.
  public ServiceManifest manifest() {
    return switch (ServiceManifest.read(source())) {
      case Parsed.Valid<ServiceManifest>(var manifest, _) -> manifest;
      case Parsed.Invalid<ServiceManifest>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  /// Returns the manifest for one image.
  ///
  /// @param to the image
  /// @param base the base image, if it is not the usual one
  public ServiceManifest manifest(Text to, Optional<Text> base) {
    return manifest().curated(to, base);
  }

  private SourceFile source() {
    var name = this + ".yaml";
    try (var in = CuratedService.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("resource " + name + " is missing");
      }
      return new SourceFile(CuratedImage.FOLDER + name, new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns its name.
  @Override
  public String toString() {
    return names().getFirst();
  }
}
