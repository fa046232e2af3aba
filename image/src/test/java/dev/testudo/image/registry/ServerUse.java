package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.function.Executable;

/// What a test does with a repository of a scripted server.
@FunctionalInterface
interface ServerUse {
  void of(RegistryRepository repository) throws Exception;

  /// Uses the repository `a` of a server.
  static void with(ScriptedServer server, RegistrySettings settings, ServerUse use)
      throws Exception {
    try (var client = new RegistryClient(settings)) {
      use.of(client.repository(RegistryFixture.image(server.name(), "a")));
    }
  }

  /// Uses the repository `a` of a server and returns the failure.
  static RegistryException failing(ScriptedServer server, RegistrySettings settings, ServerUse use)
      throws Exception {
    try (var client = new RegistryClient(settings)) {
      var repository = client.repository(RegistryFixture.image(server.name(), "a"));
      Executable executable = () -> use.of(repository);
      return assertThrows(RegistryException.class, executable);
    }
  }

  /// Does the same with a server of its own.
  static RegistryException failing(
      ScriptedServer.Script script, RegistrySettings settings, ServerUse use) throws Exception {
    try (var server = new ScriptedServer(script)) {
      return failing(server, settings, use);
    }
  }
}
