package dev.testudo.image.build.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A program and what it sees.
///
/// @param call how it is started
/// @param root the directory that becomes the root of the sandbox
/// @param mounts what else is there, in the order in which it is mounted
/// @param network whether it has the network of this machine, or only a loopback device of its own
/// @param rights what it may do
/// @param limits how much it may use
public record SandboxProgram(
    Call call,
    Path root,
    List<SandboxMount> mounts,
    boolean network,
    Rights rights,
    Limits limits) {
  /// Copies the list.
  public SandboxProgram {
    mounts = List.copyOf(mounts);
  }

  /// How a program is started.
  ///
  /// @param arguments the program and its arguments
  /// @param environment its whole environment
  /// @param directory where it starts, in the sandbox
  public record Call(List<String> arguments, Map<String, String> environment, String directory) {
    /// Copies the collections.
    public Call {
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }
  }

  /// How much a program may use.
  ///
  /// @param fileBytes the most bytes of a file that it writes
  /// @param processes the most processes and threads of its user
  public record Limits(long fileBytes, long processes) {}

  /// The capabilities of a program. None has power over devices, the network or other processes of
  /// the machine, also if root starts it.
  public enum Rights {
    /// Those with which files of any owner are written and read. The root cannot be changed.
    FILES,
    /// Also those with which a program changes its user or its root.
    BUILD;

    List<String> capabilities() {
      var files =
          Stream.of("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_SETFCAP");
      var others =
          Stream.of("CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_SYS_CHROOT");
      return switch (this) {
        case FILES -> files.toList();
        case BUILD -> Stream.concat(files, others).toList();
      };
    }
  }
}
