package dev.testudo.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The command `testudo version`.
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private final Optional<CliContext> context;

  VersionCommand(CliContext context) {
    this.context = Optional.of(context);
  }

  /// For the argument parser, which only asks for the version.
  VersionCommand() {
    this.context = Optional.empty();
  }

  static String version() {
    var descriptor = Optional.ofNullable(VersionCommand.class.getModule().getDescriptor());
    return descriptor.flatMap(module -> module.rawVersion()).orElse("(unversioned)");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"testudo " + version()};
  }

  @Override
  public Integer call() {
    context.ifPresent(given -> given.streams().out().println("testudo " + version()));
    return 0;
  }
}
