package dev.testudo.shield.supervisor.call;

/// What a stopped call returns. A call that gives something to the kernel is performed here or not
/// at all.
public sealed interface Answer {
  /// Success with this value.
  record Result(long value) implements Answer {}

  /// Failure with this error number.
  record Failure(int errno) implements Answer {}

  /// The program has its answer already, or is not waiting for one any more.
  record Given() implements Answer {}

  /// The handler keeps the call and answers it later.
  record Held() implements Answer {}

  /// What the kernel itself says or does: for calls that only read, or that the filter would let
  /// through by the registers alone; see [dev.testudo.linux.seccomp.Listener#letRead].
  record LetRead() implements Answer {}

  Answer SUCCESS = new Result(0);
  Answer GIVEN = new Given();
  Answer HELD = new Held();
  Answer LET_READ = new LetRead();

  /// Success for 0, else the failure.
  static Answer ofErrno(int errno) {
    return errno == 0 ? SUCCESS : new Failure(errno);
  }
}
