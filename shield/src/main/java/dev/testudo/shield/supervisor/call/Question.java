package dev.testudo.shield.supervisor.call;

import java.util.Arrays;

/// A system call: which thread makes it, where in its code, and what it asks for. To recognise
/// its repetition: the kernel has a thread that a signal has interrupted make the very same call
/// again, and a program that is told of the interruption does so itself.
public final class Question {
  private final Call call;
  private final byte[] argument;

  /// The registers of a call; other threads, and other places in the code, ask for themselves.
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

  /// The bytes the call gave; not to be changed.
  public byte[] argument() {
    return argument;
  }

  public boolean repeats(Question other) {
    return call.equals(other.call) && Arrays.equals(argument, other.argument);
  }
}
