package dev.testudo.image.registry.credential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds credentials in the files of Docker and podman (containers-auth.json(5)). If
/// `REGISTRY_AUTH_FILE` is set, only that file counts. Otherwise the files are searched in this
/// order, and the first with an entry decides:
///
/// 1. `$XDG_RUNTIME_DIR/containers/auth.json`, or `/run/containers/UID/auth.json`
/// 2. `$XDG_CONFIG_HOME/containers/auth.json`, or `~/.config/containers/auth.json`
/// 3. `$DOCKER_CONFIG/config.json`, or `~/.docker/config.json`
///
/// In a file, the helper that `credHelpers` names for the host decides first. Then the entry of
/// `auths` with the longest matching path of the repository decides. Then follows the helper that
/// `credsStore` names.
public final class StoredCredentials implements CredentialStore {
  private static final Duration HELPER = Duration.ofSeconds(30);
  private static final String HUB = "docker.io";
  private static final String HUB_URL = "https://index.docker.io/v1/";

  private final List<Path> files;
  private final CredentialHelper helper;

  /// Creates a store of the given files.
  ///
  /// @param environment the environment of credential helpers
  /// @param patience how long a helper may run
  StoredCredentials(List<Path> files, Map<String, String> environment, Duration patience) {
    this.files = List.copyOf(files);
    this.helper = new CredentialHelper(environment, patience);
  }

  /// Creates the store of the user whose environment is given.
  public static StoredCredentials of(Map<String, String> environment) {
    return new StoredCredentials(files(environment), environment, HELPER);
  }

  /// Returns the files that are searched, in their order.
  public List<Path> files() {
    return files;
  }

  private static List<Path> files(Map<String, String> environment) {
    var only = path(environment, "REGISTRY_AUTH_FILE");
    if (only.isPresent()) {
      return List.of(only.get());
    }
    var home = path(environment, "HOME");
    var files = new ArrayList<Path>();
    path(environment, "XDG_RUNTIME_DIR")
        .map(runtime -> runtime.resolve("containers"))
        .or(StoredCredentials::runtimeDirectory)
        .ifPresent(runtime -> files.add(runtime.resolve("auth.json")));
    path(environment, "XDG_CONFIG_HOME")
        .or(() -> home.map(directory -> directory.resolve(".config")))
        .ifPresent(config -> files.add(config.resolve("containers/auth.json")));
    path(environment, "DOCKER_CONFIG")
        .or(() -> home.map(directory -> directory.resolve(".docker")))
        .ifPresent(docker -> files.add(docker.resolve("config.json")));
    return files;
  }

  private static Optional<Path> path(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty()).map(Path::of);
  }

  /// Returns where podman keeps credentials of a user without a runtime directory.
  private static Optional<Path> runtimeDirectory() {
    try {
      var user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return Optional.of(Path.of("/run/containers", user.toString()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<FoundCredential> find(String registry, String repository) throws IOException {
    for (var path : files) {
      var file = AuthFile.read(path);
      if (file.isPresent()) {
        var found = find(file.get(), registry, repository);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<FoundCredential> find(AuthFile file, String registry, String repository)
      throws IOException {
    var named = file.helpers().get(registry);
    if (named != null) {
      return ask(file, named, registry);
    }
    for (var key : keys(registry, repository)) {
      var entry = entry(file, key);
      if (entry.isPresent()) {
        return Optional.of(new FoundCredential(entry.get(), file.file().toString()));
      }
    }
    return file.store().isPresent() ? ask(file, file.store().get(), registry) : Optional.empty();
  }

  private Optional<FoundCredential> ask(AuthFile file, String name, String registry)
      throws IOException {
    var server = registry.equals(HUB) ? HUB_URL : registry;
    return helper
        .ask(name, server)
        .map(
            found ->
                new FoundCredential(
                    found, "docker-credential-%s, which %s names".formatted(name, file.file())));
  }

  /// Returns the keys that match a repository, the longest first: the host with the whole path,
  /// with each shorter path, and the host alone.
  private static List<String> keys(String registry, String repository) {
    var keys = new ArrayList<String>();
    for (var path = registry + "/" + repository; ; ) {
      keys.add(path);
      var slash = path.lastIndexOf('/');
      if (slash < 0) {
        return keys;
      }
      path = path.substring(0, slash);
    }
  }

  /// Finds the entry for `key`. Docker writes some keys as URLs, of which only the host counts.
  private static Optional<RegistryCredential> entry(AuthFile file, String key) {
    var exact = file.entries().get(key);
    if (exact != null) {
      return Optional.of(exact);
    }
    return file.entries().entrySet().stream()
        .filter(entry -> host(entry.getKey()).filter(key::equals).isPresent())
        .sorted(Map.Entry.comparingByKey())
        .<RegistryCredential>map(Map.Entry::getValue)
        .findFirst();
  }

  private static Optional<String> host(String key) {
    var stripped = key.replaceFirst("^https?://", "");
    var host = stripped.replaceFirst("/.*$", "");
    var hub = host.equals("index.docker.io") || host.equals("registry-1.docker.io");
    if (hub) {
      return Optional.of(HUB);
    }
    return stripped.equals(key) ? Optional.empty() : Optional.of(host);
  }
}
