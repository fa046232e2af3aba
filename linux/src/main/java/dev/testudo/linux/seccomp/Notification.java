package dev.testudo.linux.seccomp;

/// One stopped system call.
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

  /// Names it in every answer; the kernel never gives it twice for one listener.
  public long id() {
    return id;
  }

  /// The stopped thread, as seen from this PID namespace; 0 when it is not visible here.
  public int tid() {
    return tid;
  }

  /// The number of the system call, on the architecture the filter checked.
  public int number() {
    return number;
  }

  /// Where in the program's code the call is made.
  public long instructionPointer() {
    return instructionPointer;
  }

  /// Argument `index` (0 to 5) as the kernel takes an `int`: its low 32 bits.
  public int intArgument(int index) {
    return (int) arguments[index];
  }

  /// Argument `index` (0 to 5) as an address or a length.
  public long argument(int index) {
    return arguments[index];
  }
}
