package dev.testudo.image.build.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An OCI runtime of this machine (OCI runtime-spec).
///
/// @param program its file
/// @param global what comes before the command in each call
record ContainerRuntime(Path program, List<String> global) {
  ContainerRuntime {
    global = List.copyOf(global);
  }

  /// Returns the runtimes of this machine, in the order in which they are tried. None needs a
  /// control group: limits are those of rlimits and of [Supervision].
  static List<ContainerRuntime> find(String path) {
    var found = new ArrayList<ContainerRuntime>();
    Programs.find(path, "crun")
        .ifPresent(
            program ->
                found.add(new ContainerRuntime(program, List.of("--cgroup-manager=disabled"))));
    Programs.find(path, "runc")
        .ifPresent(program -> found.add(new ContainerRuntime(program, List.of("--rootless=true"))));
    return found;
  }

  /// Returns a call of the runtime.
  ///
  /// @param state the directory in which it keeps what runs
  List<String> call(Path state, String... words) {
    var call = new ArrayList<>(List.of(program.toString()));
    call.addAll(global);
    call.addAll(List.of("--root", state.toString()));
    call.addAll(List.of(words));
    return call;
  }

  /// Returns the runtime's name, such as `crun`.
  String name() {
    return String.valueOf(program.getFileName());
  }
}
