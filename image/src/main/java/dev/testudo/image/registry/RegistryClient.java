package dev.testudo.image.registry;

import dev.testudo.image.oci.ImageName;
import dev.testudo.image.registry.http.HttpLink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A client of registries. It keeps connections and tokens, so use one for all images of a task.
/// Thread-safe; interrupting a thread ends its request.
public final class RegistryClient implements AutoCloseable {
  private final RegistrySettings settings;
  private final HttpLink link;
  private final Map<String, RegistryHost> hosts = new HashMap<>();

  /// Creates a client without connections.
  public RegistryClient(RegistrySettings settings) {
    this.settings = settings;
    this.link = new HttpLink(settings.link());
  }

  /// Returns the repository of an image.
  public RegistryRepository repository(ImageName image) {
    return repository(image, List.of());
  }

  /// Returns the repository of an image, to which blobs are pushed.
  ///
  /// @param mountFrom paths of repositories of the same registry that probably have the blobs, so
  ///     that the registry can take them from there
  public RegistryRepository repository(ImageName image, List<String> mountFrom) {
    return new RegistryRepository(host(image.registry()), settings, image.repository(), mountFrom);
  }

  private RegistryHost host(String registry) {
    synchronized (hosts) {
      return hosts.computeIfAbsent(registry, name -> new RegistryHost(link, settings, name));
    }
  }

  /// Ends all connections.
  @Override
  public void close() {
    link.close();
  }
}
