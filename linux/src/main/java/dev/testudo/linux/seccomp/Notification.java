package dev.testudo.linux.seccomp;

/// A notification of a suspended system call.
public final class Notification {
  private final long id;
  private final int tid;
  private final int number;
  private final long instructionPointer;
  private final long[] arguments;

  Notification(long id, int tid, int number, long instructionPointer, long... arguments) {
    this.id = id;
    this.tid = tid;
    this.number = number;
    this.instructionPointer = instructionPointer;
    this.arguments = arguments;
  }

  /// Returns the notification's id, which the kernel never reuses for one listener.
  public long id() {
    return id;
  }

  /// Returns the suspended thread, in this PID namespace; 0 if it is not visible here.
  public int tid() {
    return tid;
  }

  /// Returns the number of the system call, for the architecture that the filter checked.
  public int number() {
    return number;
  }

  /// Returns where in the program's code the call was made.
  public long instructionPointer() {
    return instructionPointer;
  }

  /// Returns argument `index` (0 to 5) as an `int`, as the kernel does: its low 32 bits.
  public int intArgument(int index) {
    return (int) arguments[index];
  }

  /// Returns argument `index` (0 to 5) as an address or a length.
  public long argument(int index) {
    return arguments[index];
  }
}
