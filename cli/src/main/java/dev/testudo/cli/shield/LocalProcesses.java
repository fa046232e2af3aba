package dev.testudo.cli.shield;

import dev.testudo.trust.status.ShieldStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Which processes of this machine belong to which shield. A shield of a mesh is process 1 of a PID
/// name space of its own and knows nothing of the numbers that its processes have outside.
final class LocalProcesses {
  /// Longest line of parents that is followed.
  private static final int GENERATIONS = 64;

  private LocalProcesses() {}

  /// Whether process `pid`, numbered as here, is `shield`, its program, or was started by them.
  static boolean belongs(long pid, ShieldStatus shield) {
    var here = namespace("self");
    if (shield.shielded().pidNamespace().isEmpty()
        || here.equals(shield.shielded().pidNamespace())) {
      return withParents(pid)
          .anyMatch(one -> one == shield.shielded().pid() || one == shield.shielded().programPid());
    }
    // Nothing else runs in the name space of a shield.
    return namespace(Long.toString(pid)).equals(shield.shielded().pidNamespace());
  }

  /// `pid` first, whether or not there is such a process.
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

  /// Absent when there is no such process, or when it may not be looked at.
  private static Optional<String> namespace(String process) {
    try {
      return Optional.of(Files.readSymbolicLink(Path.of("/proc", process, "ns/pid")).toString());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
