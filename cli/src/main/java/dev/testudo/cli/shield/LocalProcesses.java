package dev.testudo.cli.shield;

import dev.testudo.trust.status.ShieldStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds out which processes of this machine belong to a shield. A shield in a mesh is process 1 of
/// its own PID namespace and does not know the process ids outside.
final class LocalProcesses {
  /// The most ancestors of a process that are followed.
  private static final int GENERATIONS = 64;

  private LocalProcesses() {}

  /// Returns true if process `pid` of this namespace is the shield or its program, or
  /// descends from them.
  static boolean belongs(long pid, ShieldStatus shield) {
    var here = namespace("self");
    if (shield.shielded().pidNamespace().isEmpty()
        || here.equals(shield.shielded().pidNamespace())) {
      return withParents(pid)
          .anyMatch(one -> one == shield.shielded().pid() || one == shield.shielded().programPid());
    }
    // Nothing else runs in the PID namespace of a shield.
    return namespace(Long.toString(pid)).equals(shield.shielded().pidNamespace());
  }

  /// Returns `pid` and its ancestors, whether or not there is such a process.
  private static Stream<Long> withParents(long pid) {
    var parents =
        Stream.iterate(
                ProcessHandle.of(pid).flatMap(ProcessHandle::parent),
                Optional::isPresent,
                one -> one.flatMap(ProcessHandle::parent))
            .limit(GENERATIONS)
            .map(one -> one.orElseThrow().pid());
    return Stream.concat(Stream.of(pid), parents);
  }

  /// Returns the PID namespace of a process; empty if there is no such process or it
  /// may not be inspected.
  private static Optional<String> namespace(String process) {
    try {
      return Optional.of(Files.readSymbolicLink(Path.of("/proc", process, "ns/pid")).toString());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
