package dev.testudo.cli;

import picocli.CommandLine.Option;

/// The option of commands that put documents into a folder.
final class AllowOlderOption {
  @Option(
      names = "--allow-older",
      description = {
        "Lets a document replace a newer one. Older documents do not know of later vulnerabilities."
      })
  private boolean allowOlder;

  /// Returns whether it is given.
  boolean isGiven() {
    return allowOlder;
  }
}
