package dev.testudo.shield.supervisor.call;

import java.util.Arrays;

/// Identifies a system call by its thread, its place in the code and its arguments, in order to
/// recognise its repetition. After a signal, the kernel restarts the very same call, or returns
/// `EINTR` and the program repeats it.
public final class Question {
  private final Call call;
  private final byte[] argument;

  /// The registers of a call. Another thread or another place in the code makes a different call.
  private record Call(int tid, long instructionPointer, int number, int descriptor, long address) {}

  public Question(StoppedCall call, byte[] argument) {
    this.call =
        new Call(
            call.tid(),
            call.instructionPointer(),
            call.number(),
            call.intArgument(0),
            call.argument(1));
    this.argument = argument;
  }

  public int tid() {
    return call.tid();
  }

  /// Returns the bytes that the call passed. Callers must not modify the array.
  public byte[] argument() {
    return argument;
  }

  public boolean repeats(Question other) {
    return call.equals(other.call) && Arrays.equals(argument, other.argument);
  }
}
