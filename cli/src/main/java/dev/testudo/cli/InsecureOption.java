package dev.testudo.cli;

import dev.testudo.image.registry.RegistryClient;
import dev.testudo.image.registry.RegistrySettings;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/// The option of commands that reach registries.
final class InsecureOption {
  @Option(
      names = "--insecure",
      paramLabel = "HOST[:PORT]",
      description = "A registry that may be reached without TLS. Can be given several times.")
  private List<String> insecure = List.of();

  /// Returns true if the user has named a registry.
  boolean isGiven() {
    return !insecure.isEmpty();
  }

  /// Returns a client with the credentials and certificates of the user.
  RegistryClient client(CliContext context) {
    return new RegistryClient(RegistrySettings.of(context.environment(), Set.copyOf(insecure)));
  }
}
