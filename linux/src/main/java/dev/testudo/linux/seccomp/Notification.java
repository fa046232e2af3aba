package dev.testudo.linux.seccomp;

import java.util.List;

/// One stopped system call.
///
/// - `id`: names it in every answer; the kernel never gives it twice for one listener
/// - `tid`: the stopped thread, as seen from this PID namespace; 0 when it is not visible here
/// - `number`: of the system call, on the architecture the filter checked
/// - `instructionPointer`, `arguments`: the registers; six arguments
public record Notification(
    long id, int tid, int number, long instructionPointer, List<Long> arguments) {
  public Notification {
    arguments = List.copyOf(arguments);
  }

  /// Argument `index` as the kernel takes an `int`: its low 32 bits.
  public int intArgument(int index) {
    return arguments.get(index).intValue();
  }

  /// Argument `index` as an address or a length.
  public long argument(int index) {
    return arguments.get(index);
  }
}
