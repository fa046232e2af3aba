package dev.testudo.agent.mesh;

import dev.testudo.shield.HostsFile;
import dev.testudo.shield.Resolver;
import java.util.Optional;

/// How a program's lookups of host names are answered.
///
/// @param resolver gives all answers
/// @param hosts gives those that need no network: the program's `/etc/hosts`
record ProgramNames(Resolver resolver, Resolver hosts) {
  /// Returns the names of a program that sees this process's `/etc/hosts`.
  static ProgramNames own() {
    return new ProgramNames(Resolver.system(), HostsFile.alone());
  }

  /// Returns the names of a program with an `/etc/hosts` of its own, if it has one.
  static ProgramNames of(Optional<String> hosts) {
    return hosts
        .map(
            text -> new ProgramNames(new HostsFile(text, Resolver.system()), HostsFile.alone(text)))
        .orElseGet(() -> new ProgramNames(Resolver.system(), HostsFile.alone("")));
  }
}
